package io.managedredis.drift;

import java.util.Set;
import java.util.function.Supplier;

/**
 * One way in which the server could part from its contract.
 *
 * @param family what kind of drift it is
 * @param operation the operationId whose calls it concerns; {@link #NO_OPERATION} for requests that
 *     the contract has no operation for
 * @param status the HTTP status of the answers that it changes; 0 when it is the requests that it
 *     changes, or any answer
 * @param place where in the body, in the words of {@link Place}; empty when that is not said. Only
 *     tests that see an answer with this place can notice
 * @param request what has to be asked, in the words of {@link Seen}; empty when that is not said
 * @param words what it is, for people; with the others it names the drift
 * @param planted whether the place is put there first, because the server never has it in a test
 * @param injection what it does
 */
record Drift(
    String family,
    String operation,
    int status,
    String place,
    String request,
    String words,
    boolean planted,
    Supplier<Injection> injection) {

  /** For requests that no operation of the contract answers. */
  static final String NO_OPERATION = "none";

  private static final String PLANTED = " (planted)";

  private static final Set<String> SHARED =
      Set.of(
          "extra property",
          "required property lost",
          "null",
          "wrong type",
          "limit of a value",
          "off its pattern",
          "media type",
          "body",
          "header");

  /**
   * The family, and the words, of what is planted and nothing else: where the suite notices that,
   * the place itself is a drift, and what is changed in it proves nothing.
   */
  static final String CONTROL = "planted alone";

  static Drift ofRequests(String family, String operation, String words, Injection injection) {
    return ofRequests(family, operation, words, () -> injection);
  }

  static Drift ofRequests(
      String family, String operation, String words, Supplier<Injection> injection) {
    return new Drift(family, operation, 0, "", "", words, false, injection);
  }

  static Drift ofRequests(
      String family, String operation, String needs, String words, Injection injection) {
    return new Drift(family, operation, 0, "", needs, words, false, () -> injection);
  }

  static Drift ofAnswers(
      String family, String operation, int status, String words, Injection injection) {
    return new Drift(family, operation, status, "", "", words, false, () -> injection);
  }

  /** Names it, uniquely and the same in every run. */
  String id() {
    return operation
        + (status == 0 ? "" : " " + status)
        + (place.isEmpty() ? "" : " " + place)
        + ": "
        + words
        + (planted ? PLANTED : "");
  }

  /** What a test has to see to notice it, in the words of {@link Seen}. */
  String needs() {
    return Seen.of(operation, status, planted ? "" : place.isEmpty() ? request : place);
  }

  /** The id of the same drift with its place planted. */
  String plantedId() {
    return planted ? id() : id() + PLANTED;
  }

  /** The id of the drift that plants the place and changes nothing else. */
  String controlId() {
    return new Drift(CONTROL, operation, status, place, "", CONTROL, true, injection).id();
  }

  /** Whether every error has this one alike, since all errors have the same schema. */
  boolean isSharedByErrors() {
    return status >= 400 && SHARED.contains(family);
  }

  @Override
  public String toString() {
    return family + ": " + id();
  }
}
