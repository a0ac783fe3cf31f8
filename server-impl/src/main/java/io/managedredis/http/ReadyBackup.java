package io.managedredis.http;

import io.managedredis.api.model.Backup;

/** A backup as it was written for the catalogue: it never changes, so it is answered as it is. */
final class ReadyBackup extends Backup implements ReadyJson {

  private final byte[] json;

  ReadyBackup(byte[] json) {
    this.json = json;
  }

  @Override
  public byte[] json() {
    return json;
  }
}
