import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { server, shownJson, visiting } from "./browser.js";

const run = promisify(execFile);

visiting("Try it out lists backups, and its curl does the same in a shell", async (visit) => {
  const list = await visit.operation("Backup", "listBackups");
  await list.tryItOut();
  await list.field("folderId").fill(server.folder);
  const { response, shown } = await list.execute();

  assert.equal(response.status(), 200);
  const page = await shownJson(shown);
  assert.ok(page.backups.some((backup) => backup.id === server.backup));
  const { stdout } = await run("bash", ["-c", `${await list.curl()} --silent --show-error`]);
  const again = JSON.parse(stdout);
  assert.ok(again.backups.some((backup) => backup.id === server.backup));
  await shown.scrollIntoViewIfNeeded();
});

visiting("Try it out reads a backup", async (visit) => {
  const get = await visit.operation("Backup", "getBackup");
  await get.tryItOut();
  await get.field("backupId").fill(server.backup);
  const { response, shown } = await get.execute();

  assert.equal(response.status(), 200);
  assert.deepEqual(await shownJson(shown), await response.json());
  assert.equal((await response.json()).id, server.backup);
  await shown.scrollIntoViewIfNeeded();
});

visiting("Try it out takes a backup and follows it to its end", async (visit) => {
  const backup = await visit.operation("Cluster", "backupCluster");
  await backup.tryItOut();
  await backup.field("clusterId").fill(server.cluster);
  const started = await backup.execute();
  assert.equal(started.response.status(), 200);
  const operation = await shownJson(started.shown);
  // With one key for all, only the first call would start anything.
  assert.equal(started.request.headers()["idempotency-key"], undefined);

  const get = await visit.operation("Operation", "getOperation");
  await get.tryItOut();
  await get.field("operationId").fill(operation.id);
  const deadline = Date.now() + 60_000;
  let now;
  do {
    assert.ok(Date.now() < deadline, `operation ${operation.id} is not done in time`);
    const { shown } = await get.execute();
    now = await shownJson(shown);
    await shown.scrollIntoViewIfNeeded();
  } while (!now.done);
  assert.equal(now.error, undefined);
  assert.equal(now.metadata.backupId, operation.metadata.backupId);
});

visiting("Try it out shows the Status of a failing call", async (visit) => {
  const missing = `${server.cluster}:20181113T133617`;
  const get = await visit.operation("Backup", "getBackup");
  visit.expect404(`${server.url}/managed-redis/v1/backups/${encodeURIComponent(missing)}`);
  await get.tryItOut();
  await get.field("backupId").fill(missing);
  const { response, shown } = await get.execute();

  assert.equal(response.status(), 404);
  const status = await shownJson(shown);
  assert.equal(status.code, 5);
  assert.match(status.message, new RegExp(missing));
  assert.equal(status.details.at(-1).requestId, response.headers()["x-request-id"]);
  await shown.scrollIntoViewIfNeeded();
});

visiting("Try it out downloads a snapshot, byte for byte", async (visit) => {
  const download = await visit.operation("Backup", "downloadBackupShard");
  await download.tryItOut();
  await download.field("backupId").fill(server.backup);
  await download.field("shardName").fill(server.shard);
  const { response, shown } = await download.execute();
  assert.equal(response.status(), 200);
  assert.equal(response.request().headers().range, undefined);

  const link = shown.getByRole("link", { name: /Download file/ });
  const [file] = await Promise.all([visit.page.waitForEvent("download"), link.click()]);
  const sha256 = createHash("sha256").update(await readFile(await file.path())).digest("base64");
  assert.equal(response.headers()["repr-digest"], `sha-256=:${sha256}:`);
  assert.match(file.suggestedFilename(), /\.rdb$/);
  await shown.scrollIntoViewIfNeeded();
});
