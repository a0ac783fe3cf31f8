package io.managedredis.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A call as it goes on record. Texts may be whatever a stranger sent: they are bounded and escaped.
 * There is no place for a token or another secret.
 *
 * @param instant when it came
 * @param subject who calls; empty when that is not known
 * @param action what is called: the contract's operationId
 * @param resource the id of what it is about; null for none
 * @param folder the folder of that, as far as it is known; null for not yet
 * @param requestId the id that the answer carries
 * @param address where the call comes from
 */
public record AuditRecord(
    Instant instant,
    String subject,
    String action,
    @Nullable String resource,
    @Nullable String folder,
    String requestId,
    String address) {}
