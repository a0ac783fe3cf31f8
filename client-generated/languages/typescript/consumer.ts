// What a user of the generated client does, step by step; each step compares what came.
import { deepStrictEqual, fail, ok, strictEqual } from 'node:assert';
import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
  BackupApi,
  BackupType,
  ClusterApi,
  Configuration,
  OperationApi,
  ResponseError,
  StatusFromJSON,
  type Backup,
  type Operation,
} from 'managed-redis';

const DEADLINE_MILLIS = 60_000;

/** The step works, but less than the contract promises arrives. */
class Limited {
  constructor(readonly note: string) {}
}

const folderId = environment('FOLDER_ID');
const expectedIds = environment('EXPECTED_IDS').split(' ');
const firstId = expectedIds[0] ?? fail('EXPECTED_IDS is empty');
const clusterId = environment('CLUSTER_ID');

const configuration = new Configuration({ basePath: environment('SERVER') });
const backups = new BackupApi(configuration);
const clusters = new ClusterApi(configuration);
const operations = new OperationApi(configuration);

function environment(name: string): string {
  return process.env[name] ?? fail(`${name} is not set`);
}

async function* pages(api: BackupApi, pageSize: number): AsyncGenerator<Backup[]> {
  let pageToken: string | undefined;
  do {
    const page = await api.listBackups({ folderId, pageSize, ...(pageToken && { pageToken }) });
    yield page.backups;
    pageToken = page.nextPageToken;
  } while (pageToken);
}

async function done(operation: Operation): Promise<Operation> {
  const deadline = Date.now() + DEADLINE_MILLIS;
  let now = operation;
  while (!now.done) {
    ok(Date.now() < deadline, `operation ${now.id} is not done in ${DEADLINE_MILLIS} ms`);
    await setTimeout(100);
    now = await operations.getOperation({ operationId: now.id });
  }
  strictEqual(now.error, undefined);
  return now;
}

async function notFound(backupId: string): Promise<void> {
  const error: unknown = await backups.getBackup({ backupId }).then(
    () => fail(`${backupId} is there`),
    (reason: unknown) => reason,
  );
  ok(error instanceof ResponseError, String(error));
  strictEqual(error.response.status, 404);
  const status = StatusFromJSON(await error.response.json());
  strictEqual(status.code, 5);
  ok(status.message.includes(backupId), status.message);
  const requestIds = status.details?.flatMap((detail) => detail.requestId ?? []);
  deepStrictEqual(requestIds, [error.response.headers.get('x-request-id')]);
}

async function list(): Promise<string> {
  const sizes: number[] = [];
  const ids: string[] = [];
  for await (const page of pages(backups, 3)) {
    sizes.push(page.length);
    ids.push(...page.map((backup) => backup.id));
  }
  deepStrictEqual(sizes, [3, 3, 1]);
  deepStrictEqual(ids, expectedIds);
  return '';
}

async function get(): Promise<string> {
  const backup = await backups.getBackup({ backupId: firstId });
  strictEqual(backup.id, firstId);
  strictEqual(backup.folderId, folderId);
  strictEqual(backup.sourceClusterId, firstId.split(':')[0]);
  strictEqual(backup.type, BackupType.Manual);
  ok(backup.sourceShardNames?.length, 'no shard names');
  ok(backup.startedAt <= backup.createdAt, `${backup.startedAt} > ${backup.createdAt}`);
  return '';
}

async function colon(): Promise<string> {
  let sent = '';
  const recording = backups.withPreMiddleware(async (request) => {
    sent = new URL(request.url).pathname.split('/').at(-1) ?? '';
  });
  strictEqual((await recording.getBackup({ backupId: firstId })).id, firstId);
  ok([firstId, firstId.replace(':', '%3A')].includes(sent), `the client sent ${sent}`);
  return `sends ${sent.includes(':') ? ':' : '%3A'}`;
}

async function missing(): Promise<string> {
  await notFound(environment('MISSING_ID'));
  return 'StatusFromJSON reads the body';
}

async function fractions(): Promise<string> {
  let lost = false;
  for (const pair of environment('FRACTIONS').split(' ')) {
    const backupId = pair.slice(0, pair.indexOf('='));
    const [seconds = '', digits = ''] = pair.slice(backupId.length + 1, -1).split('.');
    const expected = Date.parse(`${seconds}Z`) + Number(digits.slice(0, 3));
    const { createdAt } = await backups.getBackup({ backupId });
    ok(createdAt instanceof Date, typeof createdAt);
    strictEqual(createdAt.getTime(), expected, `createdAt of ${backupId}`);
    lost ||= digits.length > 3;
  }
  if (lost) {
    throw new Limited('to the millisecond, which is all that Date holds');
  }
  return '';
}

async function unknown(): Promise<string> {
  const newer = new BackupApi(new Configuration({ basePath: environment('NEWER_SERVER') }));
  strictEqual((await newer.getBackup({ backupId: firstId })).type as string, 'IMPORTED');
  const listed: Backup[] = [];
  for await (const page of pages(newer, 1000)) {
    listed.push(...page);
  }
  deepStrictEqual(listed.map((backup) => backup.id), expectedIds);
  strictEqual(listed[0]?.type as string, 'IMPORTED');
  return 'the value survives';
}

let taken = '';

async function backup(): Promise<string> {
  const idempotencyKey = crypto.randomUUID();
  const started = await clusters.backupCluster({ clusterId, idempotencyKey });
  const finished = await done(started);
  taken = finished.metadata?.backupId ?? fail('the metadata has no backupId');
  strictEqual((await backups.getBackup({ backupId: taken })).sourceClusterId, clusterId);
  const repeat = await clusters.backupCluster({ clusterId, idempotencyKey });
  strictEqual(repeat.id, started.id);
  return '';
}

async function download(): Promise<string> {
  ok(taken, 'no backup was taken');
  const { shards } = await backups.getBackupManifest({ backupId: taken });
  const shard = shards[0] ?? fail('the manifest has no shards');
  const blob = await backups.downloadBackupShard({ backupId: taken, shardName: shard.name });
  const rdb = new Uint8Array(await blob.arrayBuffer());
  strictEqual(String(rdb.length), shard.rawBytes);
  strictEqual(createHash('sha256').update(rdb).digest('hex'), shard.sha256);
  return 'a Blob in memory';
}

async function remove(): Promise<string> {
  ok(taken, 'no backup was taken');
  await done(await backups.deleteBackup({ backupId: taken }));
  await notFound(taken);
  return '';
}

const steps = { list, get, colon, missing, fractions, unknown, backup, download, delete: remove };
for (const [name, step] of Object.entries(steps)) {
  let result = 'ok';
  let note: string;
  try {
    note = await step();
  } catch (reason: unknown) {
    result = reason instanceof Limited ? 'limited' : 'failed';
    note = reason instanceof Limited ? reason.note : String(reason).replace(/\s+/g, ' ');
    if (result === 'failed') {
      console.error(reason);
      process.exitCode = 1;
    }
  }
  console.log([name, result, note].join('\t'));
}
