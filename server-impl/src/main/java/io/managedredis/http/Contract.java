package io.managedredis.http;

import java.io.IOException;

/**
 * What the server takes from its contract, whatever it serves: the document and the constraints. It
 * takes a tenth of a second to make and needs nothing else, so it is made while the data is opened.
 */
public final class Contract {

  private final ContractDocument document;
  private final Constraints constraints;

  private Contract(ContractDocument document, Constraints constraints) {
    this.document = document;
    this.constraints = constraints;
  }

  /**
   * Reads it.
   *
   * @throws IOException when this build's contract is missing or has no role for an operation
   */
  public static Contract read() throws IOException {
    return new Contract(new ContractDocument(), new Constraints());
  }

  ContractDocument document() {
    return document;
  }

  Constraints constraints() {
    return constraints;
  }
}
