<?php

/*
 * Calls every kind of operation of the generated client against a real server, and says of each step whether what came
 * is what the contract promises: one line "STEP<TAB>RESULT<TAB>NOTE".
 */

declare(strict_types=1);

use GuzzleHttp\Client;
use GuzzleHttp\HandlerStack;
use GuzzleHttp\Middleware;
use ManagedRedis\Client\Api\BackupApi;
use ManagedRedis\Client\Api\ClusterApi;
use ManagedRedis\Client\Api\OperationApi;
use ManagedRedis\Client\ApiException;
use ManagedRedis\Client\Configuration;
use ManagedRedis\Client\Model\BackupType;
use ManagedRedis\Client\Model\Operation;
use ManagedRedis\Client\Model\Status;
use Psr\Http\Message\RequestInterface;

require 'GuzzleHttp/autoload.php';
// What Composer would do with the autoload section of the client's composer.json.
spl_autoload_register(function (string $class): void {
    $prefix = 'ManagedRedis\\Client\\';
    if (str_starts_with($class, $prefix)) {
        require getenv('CLIENT') . '/lib/' . strtr(substr($class, strlen($prefix)), '\\', '/') . '.php';
    }
});

/** What a step found wrong; the message says what. */
final class Mismatch extends Exception
{
}

/** A step that works, but less than the contract promises; the message says what. */
final class Limited extends Exception
{
}

/** The three parts of the client of one server, and the path of its last request as it went over the wire. */
final class Caller
{
    public readonly BackupApi $backups;
    public readonly ClusterApi $clusters;
    public readonly OperationApi $operations;
    public string $path = '';

    public function __construct(string $server)
    {
        $handlers = HandlerStack::create();
        $handlers->push(Middleware::tap(function (RequestInterface $request): void {
            $this->path = $request->getUri()->getPath();
        }));
        $http = new Client(['handler' => $handlers, 'timeout' => 30]);
        $configuration = (new Configuration())->setHost($server);
        $this->backups = new BackupApi($http, $configuration);
        $this->clusters = new ClusterApi($http, $configuration);
        $this->operations = new OperationApi($http, $configuration);
    }
}

final class Scenario
{
    private Caller $today;
    private Caller $newer;
    private string $folder;
    private string $cluster;

    /** @var string[] the ids of the folder's backups, in the order of the list */
    private array $ids;

    /** The id of the backup that the step backup took. */
    private ?string $taken = null;

    public function __construct()
    {
        $this->today = new Caller(getenv('SERVER'));
        $this->newer = new Caller(getenv('NEWER_SERVER'));
        $this->folder = getenv('FOLDER_ID');
        $this->cluster = getenv('CLUSTER_ID');
        $this->ids = explode(' ', getenv('EXPECTED_IDS'));
    }

    public function list(): string
    {
        $ids = [];
        $pages = 0;
        $token = null;
        do {
            $page = $this->today->backups->listBackups($this->folder, 3, $token);
            $pages++;
            foreach ($page->getBackups() as $backup) {
                $ids[] = $backup->getId();
            }
            $token = $page->getNextPageToken();
        } while ($token !== null);
        self::same('pages', 3, $pages);
        self::same('ids', implode(' ', $this->ids), implode(' ', $ids));
        return "$pages pages";
    }

    public function get(): string
    {
        $backup = $this->today->backups->getBackup($this->ids[0]);
        self::same('id', $this->ids[0], $backup->getId());
        self::same('folderId', $this->folder, $backup->getFolderId());
        self::same('sourceClusterId', strtok($this->ids[0], ':'), $backup->getSourceClusterId());
        self::same('there are shards', true, count($backup->getSourceShardNames()) > 0);
        self::same('startedAt is after createdAt', false, $backup->getStartedAt() > $backup->getCreatedAt());
        self::same('type', BackupType::MANUAL, $backup->getType());
        return '';
    }

    public function colon(): string
    {
        $backup = $this->today->backups->getBackup($this->ids[0]);
        self::same('id', $this->ids[0], $backup->getId());
        $sent = substr($this->today->path, strrpos($this->today->path, '/') + 1);
        if ($sent === $this->ids[0]) {
            return 'sends :';
        }
        self::same('sent', str_replace(':', '%3A', $this->ids[0]), $sent);
        return 'sends %3A';
    }

    public function missing(): string
    {
        $id = getenv('MISSING_ID');
        self::notFound($id, fn () => $this->today->backups->getBackup($id));
        return '';
    }

    public function fractions(): string
    {
        $cut = 0;
        $pairs = explode(' ', getenv('FRACTIONS'));
        self::same('instants', 4, count($pairs));
        foreach ($pairs as $pair) {
            [$id, $text] = explode('=', $pair, 2);
            [$seconds, $fraction] = explode('.', rtrim($text, 'Z') . '.');
            $cut += (int) (strlen($fraction) > 6);
            $expected = $seconds . '.' . str_pad(substr($fraction, 0, 6), 6, '0');
            $createdAt = $this->today->backups->getBackup($id)->getCreatedAt();
            self::same("createdAt of $text", $expected, $createdAt->format('Y-m-d\TH:i:s.u'));
            self::same("offset of $text", 0, $createdAt->getOffset());
        }
        if ($cut > 0) {
            throw new Limited('DateTime, cut to the microsecond');
        }
        return 'DateTime';
    }

    public function unknown(): string
    {
        $backup = $this->newer->backups->getBackup($this->ids[0]);
        self::same('id', $this->ids[0], $backup->getId());
        self::same('type', 'IMPORTED', $backup->getType());
        $listed = $this->newer->backups->listBackups($this->folder)->getBackups()[0];
        self::same('listed id', $this->ids[0], $listed->getId());
        self::same('listed type', 'IMPORTED', $listed->getType());
        return 'survives as the string IMPORTED';
    }

    public function backup(): string
    {
        $key = self::uuid();
        $started = $this->today->clusters->backupCluster($this->cluster, $key);
        $this->taken = $this->await($started)->getMetadata()->getBackupId();
        $backup = $this->today->backups->getBackup($this->taken);
        self::same('id', $this->taken, $backup->getId());
        self::same('sourceClusterId', $this->cluster, $backup->getSourceClusterId());
        $again = $this->today->clusters->backupCluster($this->cluster, $key);
        self::same('operation of the repeat', $started->getId(), $again->getId());
        return '';
    }

    public function download(): string
    {
        $id = $this->taken ?? throw new Mismatch('no backup was taken that could be downloaded');
        $shard = $this->today->backups->getBackupManifest($id)->getShards()[0];
        $rdb = $this->today->backups->downloadBackupShard($id, $shard->getName());
        self::same('length', $shard->getRawBytes(), (string) strlen($rdb));
        self::same('SHA-256', $shard->getSha256(), hash('sha256', $rdb));
        return 'a string in memory';
    }

    public function delete(): string
    {
        $id = $this->taken ?? throw new Mismatch('no backup was taken that could be deleted');
        $this->await($this->today->backups->deleteBackup($id, self::uuid()));
        self::notFound($id, fn () => $this->today->backups->getBackup($id));
        return '';
    }

    /** Polls the operation until it is done, at most a minute; its failure is an exception. */
    private function await(Operation $operation): Operation
    {
        $deadline = hrtime(true) + 60 * 1_000_000_000;
        while (!$operation->getDone()) {
            if (hrtime(true) > $deadline) {
                throw new Mismatch("operation {$operation->getId()} is not done after 60 s");
            }
            usleep(100_000);
            $operation = $this->today->operations->getOperation($operation->getId());
        }
        if ($failure = $operation->getError()) {
            throw new Mismatch("operation {$operation->getId()}: code {$failure->getCode()}, {$failure->getMessage()}");
        }
        return $operation;
    }

    /** Checks that the call fails with a typed 404: the exception carries the contract's Status. */
    private static function notFound(string $id, callable $call): void
    {
        try {
            $call();
        } catch (ApiException $failure) {
            self::same('HTTP status', 404, $failure->getCode());
            $status = $failure->getResponseObject();
            if (!$status instanceof Status) {
                throw new Mismatch('the body is no Status: ' . get_debug_type($status));
            }
            self::same('code', 5, $status->getCode());
            self::same('message names the id', true, str_contains($status->getMessage(), $id));
            $requestId = null;
            foreach ($status->getDetails() as $detail) {
                if ($detail->getType() === 'type.googleapis.com/google.rpc.RequestInfo') {
                    $requestId = $detail->getRequestId();
                }
            }
            $headers = array_change_key_case($failure->getResponseHeaders());
            self::same('requestId', $headers['x-request-id'][0] ?? 'in no header', $requestId);
            return;
        }
        throw new Mismatch("$id is there");
    }

    private static function same(string $what, mixed $expected, mixed $got): void
    {
        if ($got !== $expected) {
            throw new Mismatch("$what: " . var_export($got, true) . ' is not ' . var_export($expected, true));
        }
    }

    private static function uuid(): string
    {
        $bytes = random_bytes(16);
        $bytes[6] = chr(ord($bytes[6]) & 0x0f | 0x40);
        $bytes[8] = chr(ord($bytes[8]) & 0x3f | 0x80);
        return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($bytes), 4));
    }
}

$scenario = new Scenario();
$failed = false;
foreach (['list', 'get', 'colon', 'missing', 'fractions', 'unknown', 'backup', 'download', 'delete'] as $step) {
    try {
        [$result, $note] = ['ok', $scenario->$step()];
    } catch (Limited $limit) {
        [$result, $note] = ['limited', $limit->getMessage()];
    } catch (Throwable $problem) {
        [$result, $note] = ['failed', get_class($problem) . ': ' . $problem->getMessage()];
        $failed = true;
    }
    echo "$step\t$result\t", preg_replace('/\s+/', ' ', $note), "\n";
}
exit($failed ? 1 : 0);
