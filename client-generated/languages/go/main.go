// The consumer calls every kind of operation of the generated client against a real server, and says of each step
// whether what came is what the contract promises: one line "STEP<TAB>RESULT<TAB>NOTE".
package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"managedredis.io/clients/managedredis"
)

func main() {
	run := scenario{
		today: newCaller(os.Getenv("SERVER")),
		newer: newCaller(os.Getenv("NEWER_SERVER")),
		ids:   strings.Fields(os.Getenv("EXPECTED_IDS")),
	}
	failed := false
	for _, step := range []struct {
		name string
		take func(context.Context) (string, error)
	}{
		{"list", run.list},
		{"get", run.get},
		{"colon", run.colon},
		{"missing", run.missing},
		{"fractions", run.fractions},
		{"unknown", run.unknown},
		{"backup", run.backup},
		{"download", run.download},
		{"delete", run.delete},
	} {
		// Every call of a step ends by then, and so does waiting for an operation.
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		note, err := step.take(ctx)
		cancel()
		result := "ok"
		if err != nil {
			result, note, failed = "failed", strings.Join(strings.Fields(err.Error()), " "), true
		}
		fmt.Printf("%s\t%s\t%s\n", step.name, result, note)
	}
	if failed {
		os.Exit(1)
	}
}

// A caller is the client of one server, with the path of its last request as it went over the wire.
type caller struct {
	*managedredis.APIClient
	wire *wire
}

func newCaller(server string) caller {
	wire := &wire{}
	configuration := managedredis.NewConfiguration()
	configuration.Servers = managedredis.ServerConfigurations{{URL: server}}
	configuration.HTTPClient = &http.Client{Transport: wire}
	return caller{managedredis.NewAPIClient(configuration), wire}
}

type wire struct{ path string }

func (w *wire) RoundTrip(request *http.Request) (*http.Response, error) {
	w.path = request.URL.EscapedPath()
	return http.DefaultTransport.RoundTrip(request)
}

type scenario struct {
	today, newer caller
	ids          []string // of the folder's backups, in the order of the list
	taken        string   // the id of the backup that the step backup took
}

func (s *scenario) list(ctx context.Context) (string, error) {
	var ids []string
	pages := 0
	request := s.today.BackupAPI.ListBackups(ctx).FolderId(os.Getenv("FOLDER_ID")).PageSize(3)
	for {
		page, _, err := request.Execute()
		if err != nil {
			return "", err
		}
		pages++
		for _, backup := range page.Backups {
			ids = append(ids, backup.Id)
		}
		if page.NextPageToken == nil {
			break
		}
		request = request.PageToken(*page.NextPageToken)
	}
	return fmt.Sprintf("%d pages", pages), all(
		equal("pages", pages, 3),
		equal("ids", strings.Join(ids, " "), strings.Join(s.ids, " ")))
}

func (s *scenario) get(ctx context.Context) (string, error) {
	backup, _, err := s.today.BackupAPI.GetBackup(ctx, s.ids[0]).Execute()
	if err != nil {
		return "", err
	}
	cluster, _, _ := strings.Cut(s.ids[0], ":")
	return "", all(
		equal("id", backup.Id, s.ids[0]),
		equal("folderId", backup.FolderId, os.Getenv("FOLDER_ID")),
		equal("sourceClusterId", backup.SourceClusterId, cluster),
		equal("there are shards", len(backup.SourceShardNames) > 0, true),
		equal("startedAt is after createdAt", backup.StartedAt.After(backup.CreatedAt), false),
		equal("type", backup.GetType(), managedredis.BACKUPTYPE_MANUAL))
}

func (s *scenario) colon(ctx context.Context) (string, error) {
	backup, _, err := s.today.BackupAPI.GetBackup(ctx, s.ids[0]).Execute()
	if err != nil {
		return "", err
	}
	sent := s.today.wire.path[strings.LastIndex(s.today.wire.path, "/")+1:]
	note := "sends :"
	if sent != s.ids[0] {
		note = "sends %3A"
		err = equal("sent", strings.ToUpper(sent), strings.ToUpper(strings.Replace(s.ids[0], ":", "%3A", 1)))
	}
	return note, all(err, equal("id", backup.Id, s.ids[0]))
}

func (s *scenario) missing(ctx context.Context) (string, error) {
	id := os.Getenv("MISSING_ID")
	_, response, err := s.today.BackupAPI.GetBackup(ctx, id).Execute()
	return "", notFound(id, response, err)
}

func (s *scenario) fractions(ctx context.Context) (string, error) {
	pairs := strings.Fields(os.Getenv("FRACTIONS"))
	if err := equal("instants", len(pairs), 4); err != nil {
		return "", err
	}
	for _, pair := range pairs {
		id, text, _ := strings.Cut(pair, "=")
		expected, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return "", err
		}
		backup, _, err := s.today.BackupAPI.GetBackup(ctx, id).Execute()
		if err != nil {
			return "", err
		}
		if !backup.CreatedAt.Equal(expected) {
			return "", fmt.Errorf("createdAt: %s is not %s", backup.CreatedAt.Format(time.RFC3339Nano), text)
		}
	}
	return "time.Time, to the nanosecond", nil
}

func (s *scenario) unknown(ctx context.Context) (string, error) {
	backup, _, err := s.newer.BackupAPI.GetBackup(ctx, s.ids[0]).Execute()
	if err != nil {
		return "", err
	}
	page, _, err := s.newer.BackupAPI.ListBackups(ctx).FolderId(os.Getenv("FOLDER_ID")).Execute()
	if err != nil {
		return "", err
	}
	if err := equal("there are backups", len(page.Backups) > 0, true); err != nil {
		return "", err
	}
	unknown := managedredis.BACKUPTYPE_UNKNOWN_DEFAULT_OPEN_API
	return "read as BACKUPTYPE_UNKNOWN_DEFAULT_OPEN_API", all(
		equal("id", backup.Id, s.ids[0]),
		equal("type", backup.GetType(), unknown),
		equal("has sizeClass", backup.AdditionalProperties["sizeClass"] != nil, true),
		equal("listed id", page.Backups[0].Id, s.ids[0]),
		equal("listed type", page.Backups[0].GetType(), unknown))
}

func (s *scenario) backup(ctx context.Context) (string, error) {
	key := newUUID()
	backUp := s.today.ClusterAPI.BackupCluster(ctx, os.Getenv("CLUSTER_ID")).IdempotencyKey(key)
	started, _, err := backUp.Execute()
	if err != nil {
		return "", err
	}
	done, err := s.await(ctx, started)
	if err != nil {
		return "", err
	}
	s.taken = done.Metadata.GetBackupId()
	backup, _, err := s.today.BackupAPI.GetBackup(ctx, s.taken).Execute()
	if err != nil {
		return "", err
	}
	again, _, err := backUp.Execute()
	if err != nil {
		return "", err
	}
	return "", all(
		equal("id", backup.Id, s.taken),
		equal("sourceClusterId", backup.SourceClusterId, os.Getenv("CLUSTER_ID")),
		equal("operation of the repeat", again.Id, started.Id))
}

func (s *scenario) download(ctx context.Context) (string, error) {
	if s.taken == "" {
		return "", errors.New("no backup was taken that could be downloaded")
	}
	manifest, _, err := s.today.BackupAPI.GetBackupManifest(ctx, s.taken).Execute()
	if err != nil {
		return "", err
	}
	shard := manifest.Shards[0]
	rdb, _, err := s.today.BackupAPI.DownloadBackupShard(ctx, s.taken, shard.Name).Execute()
	if err != nil {
		return "", err
	}
	// A temporary file, which is ours to delete.
	defer os.Remove(rdb.Name())
	defer rdb.Close()
	digest := sha256.New()
	length, err := io.Copy(digest, rdb)
	return "a temporary *os.File", all(
		err,
		equal("length", fmt.Sprint(length), shard.RawBytes),
		equal("SHA-256", fmt.Sprintf("%x", digest.Sum(nil)), shard.Sha256))
}

func (s *scenario) delete(ctx context.Context) (string, error) {
	if s.taken == "" {
		return "", errors.New("no backup was taken that could be deleted")
	}
	started, _, err := s.today.BackupAPI.DeleteBackup(ctx, s.taken).IdempotencyKey(newUUID()).Execute()
	if err != nil {
		return "", err
	}
	if _, err := s.await(ctx, started); err != nil {
		return "", err
	}
	_, response, err := s.today.BackupAPI.GetBackup(ctx, s.taken).Execute()
	return "", notFound(s.taken, response, err)
}

// await polls the operation until it is done or the context's deadline has passed; its failure is an error.
func (s *scenario) await(ctx context.Context, operation *managedredis.Operation) (*managedredis.Operation, error) {
	for !operation.Done {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("operation %s is not done: %w", operation.Id, ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
		var err error
		if operation, _, err = s.today.OperationAPI.GetOperation(ctx, operation.Id).Execute(); err != nil {
			return nil, err
		}
	}
	if failure, there := operation.GetErrorOk(); there {
		return nil, fmt.Errorf("operation %s: code %d, %s", operation.Id, failure.Code, failure.Message)
	}
	return operation, nil
}

// notFound checks that the call failed with a typed 404: its model is the contract's Status.
func notFound(id string, response *http.Response, err error) error {
	var failure *managedredis.GenericOpenAPIError
	if !errors.As(err, &failure) {
		return fmt.Errorf("not the client's error: %v", err)
	}
	status, typed := failure.Model().(managedredis.Status)
	if !typed {
		return fmt.Errorf("the error's model is no Status: %T", failure.Model())
	}
	requestID := ""
	for _, detail := range status.Details {
		if detail.Type == "type.googleapis.com/google.rpc.RequestInfo" {
			requestID = detail.GetRequestId()
		}
	}
	return all(
		equal("HTTP status", response.StatusCode, http.StatusNotFound),
		equal("code", status.Code, 5),
		equal("message names the id", strings.Contains(status.Message, id), true),
		equal("there is a requestId", requestID != "", true),
		equal("requestId", requestID, response.Header.Get("x-request-id")))
}

func equal[T comparable](what string, got, expected T) error {
	if got != expected {
		return fmt.Errorf("%s: %v is not %v", what, got, expected)
	}
	return nil
}

// all answers the first error there is.
func all(checks ...error) error {
	for _, err := range checks {
		if err != nil {
			return err
		}
	}
	return nil
}

func newUUID() string {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err)
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}
