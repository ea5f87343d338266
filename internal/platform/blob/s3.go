package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"pupitre/internal/platform/fault"
)

// S3Store is a Store in one bucket, shared by any number of machines. Keys are
// the names of its objects. The service is given the SHA-256 of what is sent,
// and refuses what it received otherwise.
type S3Store struct {
	client *minio.Client
	core   minio.Core
	bucket string
}

var _ Store = (*S3Store)(nil)

const (
	// partSize is what is held in memory of a file being written: a file of at
	// most so much is one request, a larger one goes in parts.
	partSize = 8 << 20
	// s3Tries bounds how often one request is sent: a visitor waits for it.
	s3Tries = 3
	// s3Patience bounds how long the service may take to begin its answer.
	s3Patience = 15 * time.Second
)

// S3 opens the bucket that where names: s3://bucket?endpoint=…&region=…, with
// the keys of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. It writes, lists and
// removes a file to see that the keys allow it, and returns a sentence when
// they do not. A service that is there but answers 5xx is taken for one that
// will be back: it is opened all the same.
func S3(ctx context.Context, where string) (*S3Store, error) {
	bucket, endpoint, options, err := parseS3(where)
	if err != nil {
		return nil, err
	}
	client, err := minio.New(endpoint, options)
	if err != nil {
		return nil, fmt.Errorf("the address of the bucket: %w", err)
	}
	s := &S3Store{client: client, core: minio.Core{Client: client}, bucket: bucket}
	if err := s.try(ctx); err != nil && minio.ToErrorResponse(err).StatusCode < 500 {
		return nil, s.sentence(err, endpoint)
	}
	return s, nil
}

func parseS3(where string) (bucket, endpoint string, o *minio.Options, err error) {
	u, err := url.Parse(where)
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.User != nil || u.Path != "" && u.Path != "/" {
		return "", "", nil, errors.New("the document store must be s3://bucket?endpoint=https://…&region=…, with the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	query := u.Query()
	for name := range query {
		if name != "endpoint" && name != "region" {
			return "", "", nil, fmt.Errorf("s3://%s: %q is not known, only endpoint and region are", u.Host, name)
		}
	}
	region := query.Get("region")
	at, err := url.Parse(query.Get("endpoint"))
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" || at.Path != "" && at.Path != "/" {
		return "", "", nil, fmt.Errorf("s3://%s: endpoint must be http:// or https:// and a host, not %q", u.Host, query.Get("endpoint"))
	}
	keys := credentials.NewEnvAWS()
	if v, err := keys.GetWithContext(nil); err != nil || v.AccessKeyID == "" || v.SecretAccessKey == "" {
		return "", "", nil, errors.New("the keys of the bucket are missing: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	transport, err := minio.DefaultTransport(at.Scheme == "https")
	if err != nil {
		return "", "", nil, err
	}
	transport.ResponseHeaderTimeout = s3Patience
	return u.Host, at.Host, &minio.Options{
		Creds: keys, Secure: at.Scheme == "https", Region: region, Transport: transport, MaxRetries: s3Tries, TrailingHeaders: true,
	}, nil
}

// try does once all that the store will have to do.
func (s *S3Store) try(ctx context.Context) error {
	key := "probe/" + strings.ToLower(rand.Text())
	if _, err := s.put(ctx, key, bytes.NewReader(nil)); err != nil {
		return err
	}
	for object := range s.client.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: key, Recursive: true}) {
		if object.Err != nil {
			return object.Err
		}
	}
	return s.client.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{})
}

func (s *S3Store) sentence(err error, endpoint string) error {
	answer := minio.ToErrorResponse(err)
	switch {
	case answer.Code == minio.NoSuchBucket:
		return fmt.Errorf("the bucket %q does not exist at %s: make it, or mend the name", s.bucket, endpoint)
	case answer.Code == "AccessDenied":
		return fmt.Errorf("the keys may not read, write, list and delete in the bucket %q at %s: widen their rights (%w)", s.bucket, endpoint, err)
	case answer.StatusCode == http.StatusForbidden, answer.StatusCode == http.StatusUnauthorized, answer.Code == "AuthorizationHeaderMalformed":
		return fmt.Errorf("%s refuses the keys of the bucket %q: look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and region (%w)", endpoint, s.bucket, err)
	default:
		return fmt.Errorf("the bucket %q at %s cannot be used: look at endpoint, region, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (%w)", s.bucket, endpoint, err)
	}
}

// Close implements Store: nothing is held open.
func (s *S3Store) Close() error { return nil }

// Put implements Store: an object appears whole, when the service has it.
func (s *S3Store) Put(ctx context.Context, key string, r io.Reader) (int64, error) {
	if err := checkKey(key); err != nil {
		return 0, err
	}
	size, err := s.put(ctx, key, untilDone{ctx, r})
	if err != nil {
		return 0, fmt.Errorf("put blob %s: %w", key, err)
	}
	return size, nil
}

func (s *S3Store) put(ctx context.Context, key string, r io.Reader) (int64, error) {
	var head bytes.Buffer
	// The sum is a signed header: signing each chunk of the content as well
	// would say the same again, in an encoding that not every service reads well.
	options := minio.PutObjectOptions{
		AutoChecksum: minio.ChecksumSHA256, DisableContentSha256: true, PartSize: partSize, ContentType: "application/octet-stream",
	}
	n, err := io.CopyN(&head, r, partSize)
	switch {
	case errors.Is(err, io.EOF):
		sum := sha256.Sum256(head.Bytes())
		options.UserMetadata = map[string]string{"x-amz-checksum-sha256": base64.StdEncoding.EncodeToString(sum[:])}
		_, err = s.client.PutObject(ctx, s.bucket, key, bytes.NewReader(head.Bytes()), n, options)
		return n, err
	case err != nil:
		return 0, err
	}
	sent := &counted{r: io.MultiReader(&head, r)}
	if _, err := s.client.PutObject(ctx, s.bucket, key, sent, -1, options); err != nil {
		return 0, err // the parts sent so far are dropped by the client, or by Sweep
	}
	return sent.n, nil
}

// counted is a reader that knows what it gave.
type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// Open implements Store. What is read is the object as it stood at the opening:
// one replaced meanwhile fails the reading.
func (s *S3Store) Open(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	object, err := s.client.GetObject(ctx, s.bucket, key, minio.GetObjectOptions{})
	if err == nil {
		_, err = object.Stat()
	}
	if err == nil {
		return object, nil
	}
	if object != nil {
		_ = object.Close() // it has nothing more to say than err
	}
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return nil, fmt.Errorf("open blob %s: %w", key, fault.ErrNotFound)
	}
	return nil, fmt.Errorf("open blob %s: %w", key, err)
}

// Delete implements Store.
func (s *S3Store) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	err := s.client.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{})
	if err != nil && minio.ToErrorResponse(err).Code != minio.NoSuchKey {
		return fmt.Errorf("delete blob %s: %w", key, err)
	}
	return nil
}

// Keys implements Store. An object that the store did not name is passed over.
func (s *S3Store) Keys(ctx context.Context) iter.Seq2[KeyInfo, error] {
	return func(yield func(KeyInfo, error) bool) {
		for object := range s.client.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Recursive: true}) {
			if object.Err != nil {
				yield(KeyInfo{}, fmt.Errorf("list blobs: %w", object.Err))
				return
			}
			if checkKey(object.Key) != nil {
				continue
			}
			if !yield(KeyInfo{object.Key, object.Size, object.LastModified.UTC()}, nil) {
				return
			}
		}
	}
}

// Sweep implements Store: it drops the parts of files that were never ended.
func (s *S3Store) Sweep(ctx context.Context, before time.Time) (int, error) {
	swept := 0
	ctx, cancel := context.WithCancel(ctx) // ends the listing when we return
	defer cancel()
	for upload := range s.client.ListIncompleteUploads(ctx, s.bucket, "", true) {
		if upload.Err != nil {
			return swept, fmt.Errorf("sweep blobs: %w", upload.Err)
		}
		if !upload.Initiated.Before(before) {
			continue
		}
		err := s.core.AbortMultipartUpload(ctx, s.bucket, upload.Key, upload.UploadID)
		if err != nil && minio.ToErrorResponse(err).Code != "NoSuchUpload" {
			return swept, fmt.Errorf("sweep blobs: %w", err)
		}
		swept++
	}
	return swept, nil
}
