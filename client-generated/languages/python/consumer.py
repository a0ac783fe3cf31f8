"""What a user of the generated client does, step by step; each step compares what came."""

from __future__ import annotations

import hashlib
import os
import sys
import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

from managed_redis import (
    ApiClient,
    Backup,
    BackupApi,
    BackupType,
    ClusterApi,
    Configuration,
    Operation,
    OperationApi,
    Status,
)
from managed_redis.exceptions import NotFoundException

DEADLINE_SECONDS = 60

FOLDER_ID = os.environ["FOLDER_ID"]
EXPECTED_IDS = os.environ["EXPECTED_IDS"].split(" ")
FRACTIONS = dict(pair.split("=", 1) for pair in os.environ["FRACTIONS"].split(" "))
CLUSTER_ID = os.environ["CLUSTER_ID"]
MISSING_ID = os.environ["MISSING_ID"]


class RecordingClient(ApiClient):
    """Keeps the address of each request, to see how the client writes an id into it."""

    def __init__(self, server: str) -> None:
        super().__init__(Configuration(host=server))
        self.urls: list[str] = []

    def call_api(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        self.urls.append(url)
        return super().call_api(method, url, *args, **kwargs)


class Limited(Exception):
    """The step works, but less than the contract promises arrives."""


client = RecordingClient(os.environ["SERVER"])
backups = BackupApi(client)
clusters = ClusterApi(client)
operations = OperationApi(client)


def expect(what: str, actual: object, expected: object) -> None:
    if actual != expected:
        raise AssertionError(f"{what} is {actual!r}, expected {expected!r}")


def pages(api: BackupApi, size: int) -> Iterator[list[Backup]]:
    token: str | None = None
    while True:
        page = api.list_backups(FOLDER_ID, page_size=size, page_token=token)
        yield page.backups
        token = page.next_page_token
        if token is None:
            return


def done(operation: Operation) -> Operation:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not operation.done:
        if time.monotonic() > deadline:
            raise AssertionError(f"operation {operation.id} is not done in {DEADLINE_SECONDS} s")
        time.sleep(0.1)
        operation = operations.get_operation(operation.id)
    expect("error", operation.error, None)
    return operation


def not_found(backup_id: str) -> None:
    try:
        backups.get_backup(backup_id)
    except NotFoundException as error:
        expect("HTTP status", error.status, 404)
        status = error.data
        assert isinstance(status, Status), f"the body is a {type(status).__name__}"
        expect("code", status.code, 5)
        assert backup_id in status.message, status.message
        ids = [detail.request_id for detail in status.details or [] if detail.request_id]
        assert error.headers is not None
        expect("requestId", ids, [error.headers["x-request-id"]])
    else:
        raise AssertionError(f"{backup_id} is there")


def list_() -> str:
    seen = list(pages(backups, 3))
    expect("sizes of pages", [len(page) for page in seen], [3, 3, 1])
    expect("ids", [backup.id for page in seen for backup in page], EXPECTED_IDS)
    return ""


def get() -> str:
    backup = backups.get_backup(EXPECTED_IDS[0])
    expect("id", backup.id, EXPECTED_IDS[0])
    expect("folderId", backup.folder_id, FOLDER_ID)
    expect("sourceClusterId", backup.source_cluster_id, EXPECTED_IDS[0].split(":")[0])
    expect("type", backup.type, BackupType.MANUAL)
    assert backup.source_shard_names, "no shard names"
    assert backup.started_at <= backup.created_at, f"{backup.started_at} > {backup.created_at}"
    return ""


def colon() -> str:
    backup = backups.get_backup(EXPECTED_IDS[0])
    expect("id", backup.id, EXPECTED_IDS[0])
    sent = client.urls[-1].rsplit("/", 1)[1]
    spellings = {EXPECTED_IDS[0]: ":", EXPECTED_IDS[0].replace(":", "%3A"): "%3A"}
    assert sent in spellings, f"the client sent {sent}"
    return f"sends {spellings[sent]}"


def missing() -> str:
    not_found(MISSING_ID)
    return ""


def fractions() -> str:
    lost = False
    for backup_id, text in FRACTIONS.items():
        seconds, _, digits = text.rstrip("Z").partition(".")
        expected = datetime.fromisoformat(seconds).replace(
            microsecond=int(digits[:6].ljust(6, "0")), tzinfo=timezone.utc
        )
        lost = lost or len(digits) > 6
        expect(f"createdAt of {backup_id}", backups.get_backup(backup_id).created_at, expected)
    if lost:
        raise Limited("to the microsecond, which is all that datetime holds")
    return ""


def unknown() -> str:
    newer = BackupApi(RecordingClient(os.environ["NEWER_SERVER"]))
    backup = newer.get_backup(EXPECTED_IDS[0])
    assert backup.type is not None and backup.type not in list(BackupType), backup.type
    expect("type", backup.type.value, "IMPORTED")
    listed = [backup for page in pages(newer, 1000) for backup in page]
    expect("ids", [backup.id for backup in listed], EXPECTED_IDS)
    expect("type in the list", listed[0].type, "IMPORTED")
    return "the value survives"


taken: list[str] = []


def backup() -> str:
    key = str(uuid.uuid4())
    started = clusters.backup_cluster(CLUSTER_ID, idempotency_key=key)
    finished = done(started)
    assert finished.metadata is not None and finished.metadata.backup_id is not None
    taken.append(finished.metadata.backup_id)
    expect("sourceClusterId", backups.get_backup(taken[0]).source_cluster_id, CLUSTER_ID)
    repeat = clusters.backup_cluster(CLUSTER_ID, idempotency_key=key)
    expect("operation of the repeat", repeat.id, started.id)
    return ""


def download() -> str:
    assert taken, "no backup was taken"
    shard = backups.get_backup_manifest(taken[0]).shards[0]
    rdb = backups.download_backup_shard(taken[0], shard.name)
    expect("length", str(len(rdb)), shard.raw_bytes)
    expect("SHA-256", hashlib.sha256(rdb).hexdigest(), shard.sha256)
    return "bytes in memory"


def delete() -> str:
    assert taken, "no backup was taken"
    done(backups.delete_backup(taken[0]))
    not_found(taken[0])
    return ""


def result(step: Callable[[], str]) -> tuple[str, str]:
    try:
        return "ok", step()
    except Limited as limit:
        return "limited", str(limit)
    except Exception as error:  # whatever it is, the step has failed and the others go on
        traceback.print_exc()
        return "failed", " ".join(f"{type(error).__name__} {error}".split())


def main() -> int:
    failed = 0
    for step in (list_, get, colon, missing, fractions, unknown, backup, download, delete):
        outcome, note = result(step)
        failed += outcome == "failed"
        print(step.__name__.rstrip("_"), outcome, note, sep="\t", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
