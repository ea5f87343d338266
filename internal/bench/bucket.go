package bench

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// bucket is an S3 bucket in memory, as much of one as the product needs: it
// believes every signature, and answers 503 while it is told to.
type bucket struct {
	http     http.Server
	listener net.Listener

	mu      sync.Mutex
	away    bool
	objects map[string][]byte // by key
}

const bucketName = "documents"

func openBucket() (*bucket, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b := &bucket{listener: listener, objects: map[string][]byte{}}
	b.http = http.Server{Handler: b, ReadHeaderTimeout: time.Minute}
	go b.http.Serve(listener) // ends with close
	return b, nil
}

func (b *bucket) url() string {
	return "s3://" + bucketName + "?endpoint=http://" + b.listener.Addr().String() + "&region=bench"
}

func (b *bucket) close() error { return b.http.Close() }

// answer503 begins or ends the time in which it answers nothing else.
func (b *bucket) answer503(away bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.away = away
}

// sum is the SHA-256 of an object; false when it is not there.
func (b *bucket) sum(key string) (string, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	content, found := b.objects[key]
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:]), found
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	content, err := io.ReadAll(r.Body)
	b.mu.Lock()
	defer b.mu.Unlock()
	key := strings.TrimPrefix(r.URL.Path, "/"+bucketName+"/")
	held, found := b.objects[key]
	switch {
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
	case b.away:
		w.WriteHeader(http.StatusServiceUnavailable)
	case r.Method == http.MethodPut:
		b.objects[key] = content
	case r.Method == http.MethodDelete:
		delete(b.objects, key)
		w.WriteHeader(http.StatusNoContent)
	case key == "" || key == r.URL.Path:
		b.list(w, r.URL.Query().Get("prefix"))
	case !found:
		w.WriteHeader(http.StatusNotFound)
	default:
		w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
		_, _ = w.Write(held)
	}
}

func (b *bucket) list(w http.ResponseWriter, prefix string) {
	type object struct {
		Key          string
		Size         int
		LastModified string
	}
	var all struct {
		XMLName  xml.Name `xml:"ListBucketResult"`
		Contents []object
	}
	for key, content := range b.objects {
		if strings.HasPrefix(key, prefix) {
			all.Contents = append(all.Contents, object{key, len(content), time.Now().UTC().Format(time.RFC3339)})
		}
	}
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(all) // whoever has left reads nothing
}
