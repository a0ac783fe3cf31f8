package io.managedredis.repository;

/**
 * A key of a keyset, without its material.
 *
 * @param id the unsigned id in decimal, as manifests name it
 * @param primary whether new backups are encrypted with it
 * @param status whether it can be used
 */
public record KeysetKey(String id, boolean primary, Status status) {

  /** As Tink has them. */
  public enum Status {
    /** Opens what was encrypted with it. */
    ENABLED,
    /** Kept, but not used: what was encrypted with it cannot be opened. */
    DISABLED,
    /** Its material is gone. */
    DESTROYED
  }
}
