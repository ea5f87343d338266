package blob_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/blob/blobtest"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

// s3 runs f with an empty bucket, unless the check is the quick one.
func s3(t *testing.T, f func(t *testing.T, bucket string)) {
	t.Helper()
	if dbtest.OnBoth() {
		t.Run("s3", func(t *testing.T) { f(t, blobtest.Bucket(t)) })
	}
}

func TestABucketThatCannotBeUsedIsRefusedWithASentence(t *testing.T) {
	s3(t, func(t *testing.T, bucket string) {
		closed := httptest.NewServer(http.NotFoundHandler())
		closed.Close()
		good := os.Getenv("PUPITRE_TEST_S3")
		at := func(bucket, endpoint string) string {
			return "s3://" + bucket + "?" + url.Values{"endpoint": {endpoint}, "region": {"eu-test"}}.Encode()
		}
		for _, c := range []struct {
			what, where string
			set         []string // environment
			says        string
		}{
			{"a wrong key", bucket, []string{"AWS_ACCESS_KEY_ID", "somebody"}, "look at endpoint, region, AWS_ACCESS_KEY_ID"},
			{"a wrong secret", bucket, []string{"AWS_SECRET_ACCESS_KEY", "not-it"}, "refuses the keys"},
			{"no key", bucket, []string{"AWS_ACCESS_KEY_ID", ""}, "AWS_ACCESS_KEY_ID"},
			{"a bucket that is missing", at("no-such-bucket", good), nil, `the bucket "no-such-bucket" does not exist`},
			{"a service that is not there", at("documents", closed.URL), nil, "cannot be used"},
			{"no endpoint", "s3://documents?region=eu-test", nil, "endpoint must be http:// or https://"},
			{"an endpoint without scheme", at("documents", "s3.example.org"), nil, "endpoint must be http:// or https://"},
			{"a folder in the bucket", "s3://documents/here?endpoint=" + good, nil, "must be s3://bucket?endpoint="},
			{"a mistyped setting", at("documents", good) + "&regoin=x", nil, `"regoin" is not known`},
		} {
			t.Run(c.what, func(t *testing.T) {
				if c.set != nil {
					t.Setenv(c.set[0], c.set[1])
				}
				_, err := blob.Open(t.Context(), c.where)
				if err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("got %v, want %q", err, c.says)
				}
				if secret := os.Getenv("AWS_SECRET_ACCESS_KEY"); err != nil && secret != "" && strings.Contains(err.Error(), secret) {
					t.Error("the sentence tells the secret")
				}
			})
		}
	})
}

func TestOpeningABucketLeavesNothingInIt(t *testing.T) {
	s3(t, func(t *testing.T, bucket string) {
		if got := keys(t, blobtest.Open(t, bucket)); len(got) != 0 {
			t.Errorf("got %v", got)
		}
	})
}

func TestWhileTheServiceAnswers503(t *testing.T) {
	s3(t, func(t *testing.T, bucket string) {
		f := blobtest.Before(t, bucket)
		s := blobtest.Open(t, f.URL)
		put(t, s, "a", "before")
		f.Down.Store(true)
		if _, err := s.Put(t.Context(), "a", strings.NewReader("after")); err == nil || errors.Is(err, fault.ErrNotFound) {
			t.Errorf("put: got %v", err)
		}
		if _, err := s.Open(t.Context(), "a"); err == nil || errors.Is(err, fault.ErrNotFound) {
			t.Errorf("open: got %v, which must not say that the file is lost", err)
		}
		blobtest.Open(t, f.URL) // a machine started meanwhile serves the rest
		f.Down.Store(false)
		if got := content(t, s, "a"); got != "before" {
			t.Errorf("after it: want before, got %q", got)
		}
		put(t, s, "a", "after")
	})
}

func TestPartsOfAFileNeverEndedAreSwept(t *testing.T) {
	s3(t, func(t *testing.T, bucket string) {
		s := blobtest.Open(t, bucket)
		put(t, s, "kept", "x")
		name := strings.TrimPrefix(bucket[:strings.Index(bucket, "?")], "s3://")
		core := minio.Core{Client: blobtest.Client(t)}
		for range 2 {
			if _, err := core.NewMultipartUpload(t.Context(), name, "begun", minio.PutObjectOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := s.Sweep(t.Context(), time.Now().Add(-time.Hour)); err != nil || n != 0 {
			t.Errorf("young: want 0 swept, got %d, %v", n, err)
		}
		if n, err := s.Sweep(t.Context(), time.Now().Add(time.Hour)); err != nil || n != 2 {
			t.Errorf("old: want 2 swept, got %d, %v", n, err)
		}
		if n, err := s.Sweep(t.Context(), time.Now().Add(time.Hour)); err != nil || n != 0 {
			t.Errorf("again: want 0 swept, got %d, %v", n, err)
		}
		if got := keys(t, s); !slices.Equal(got, []string{"kept"}) {
			t.Errorf("got %v", got)
		}
	})
}

// What another program puts into the bucket is none of ours, and stays.
func TestObjectsOfOthersAreNoKeys(t *testing.T) {
	s3(t, func(t *testing.T, bucket string) {
		name := strings.TrimPrefix(bucket[:strings.Index(bucket, "?")], "s3://")
		if _, err := blobtest.Client(t).PutObject(t.Context(), name, "Backup_2027.ZIP", strings.NewReader("x"), 1, minio.PutObjectOptions{}); err != nil {
			t.Fatal(err)
		}
		if got := keys(t, blobtest.Open(t, bucket)); len(got) != 0 {
			t.Errorf("got %v", got)
		}
	})
}
