// Package blobtest gives tests a real S3 server, and one that fails when told.
package blobtest

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/db/dbtest"
)

const region = "eu-test"

// Each runs f once on a folder and once on a bucket, as sub-tests; the quick
// check keeps to the first, as it keeps to SQLite.
func Each(t *testing.T, f func(t *testing.T, store blob.Store)) {
	t.Helper()
	t.Run("disk", func(t *testing.T) { f(t, Open(t, t.TempDir())) })
	if !dbtest.OnBoth() {
		return
	}
	t.Run("s3", func(t *testing.T) { f(t, Open(t, Bucket(t))) })
}

// Open opens the store and closes it with the test.
func Open(t *testing.T, where string) blob.Store {
	t.Helper()
	store, err := blob.Open(context.Background(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// Bucket makes an empty bucket on the test server and returns its s3:// URL;
// the keys are in the environment.
func Bucket(t *testing.T) string {
	t.Helper()
	client, bucket := Client(t), "t"+strings.ToLower(rand.Text())
	if err := client.MakeBucket(context.Background(), bucket, minio.MakeBucketOptions{Region: region}); err != nil {
		t.Fatal(err)
	}
	return where(bucket, server(t))
}

// Client speaks to the test server directly.
func Client(t *testing.T) *minio.Client {
	t.Helper()
	u, err := url.Parse(server(t))
	if err != nil {
		t.Fatal(err)
	}
	client, err := minio.New(u.Host, &minio.Options{Creds: credentials.NewEnvAWS(), Region: region})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func server(t *testing.T) string {
	t.Helper()
	at := os.Getenv("PUPITRE_TEST_S3")
	if at == "" {
		t.Fatal("PUPITRE_TEST_S3 is not set: run `make test`, which starts an S3 server of its own")
	}
	return at
}

func where(bucket, endpoint string) string {
	return "s3://" + bucket + "?" + url.Values{"endpoint": {endpoint}, "region": {region}}.Encode()
}

// Faulty stands before the test server and answers 503 while Down is true.
type Faulty struct {
	URL  string // the bucket's, through this
	Down atomic.Bool
}

// Before puts a Faulty before the bucket.
func Before(t *testing.T, bucketURL string) *Faulty {
	t.Helper()
	target, err := url.Parse(server(t))
	if err != nil {
		t.Fatal(err)
	}
	f := new(Faulty)
	// The request passes as it is: its signature covers the host it was sent to.
	through := &httputil.ReverseProxy{Director: func(r *http.Request) { r.URL.Scheme, r.URL.Host = target.Scheme, target.Host }}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !f.Down.Load() {
			through.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusServiceUnavailable)
		io.WriteString(w, `<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>`)
	}))
	t.Cleanup(s.Close)
	u, err := url.Parse(bucketURL)
	if err != nil {
		t.Fatal(err)
	}
	f.URL = where(u.Host, s.URL)
	return f
}
