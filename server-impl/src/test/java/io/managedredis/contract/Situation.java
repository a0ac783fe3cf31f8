package io.managedredis.contract;

import io.managedredis.testing.Contract.DeclaredOperation;
import java.net.http.HttpResponse;

/** Brings about what an example shows, and calls the operation in it. */
@FunctionalInterface
interface Situation {

  /** The answer of the running server. */
  HttpResponse<String> answer(DeclaredOperation operation) throws Exception;
}
