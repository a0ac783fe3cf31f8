package io.managedredis.fuzz;

/** A request that would be right but for one fault. */
record WrongCall(Call call, Fault fault) {

  Call.Request request(KnownValues values) {
    return fault.request(call, values);
  }
}
