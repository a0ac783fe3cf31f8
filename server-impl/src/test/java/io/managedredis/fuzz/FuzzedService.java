package io.managedredis.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.client.ApiException;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.Exchange;
import io.managedredis.testing.ExchangeValidator;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.lifecycle.Store;

/**
 * A service with a small Redis, declared as two clusters, and with some backups; whatever it
 * answers is remembered for further requests.
 */
final class FuzzedService implements Store.CloseOnReset {

  private static final String FOLDER = "b1gfuzzed";
  private static final String CLUSTER = "c9qfuzzed00000000001";
  private static final String OTHER = "c9qfuzzed00000000002";
  private static final int BACKUPS = 3;

  private final ObjectMapper json = new ObjectMapper();
  private final ExchangeValidator validator = new ExchangeValidator();
  private final KnownValues values = new KnownValues();
  private final Path folder;
  private final RedisProcess redis;
  private final RunningService service;

  FuzzedService() {
    try {
      folder = Files.createTempDirectory("fuzz");
      redis = RedisProcess.start();
      service =
          RunningService.in(folder)
              .cluster(CLUSTER, FOLDER, redis.address())
              .cluster(OTHER, FOLDER, redis.address())
              .start();
      for (int i = 0; i < BACKUPS; i++) {
        service.takeBackup(CLUSTER);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ApiException e) {
      throw new IllegalStateException(e);
    }
    for (String list : List.of("clusters", "backups")) {
      learn(list, service.send("GET", "/managed-redis/v1/" + list + "?folderId=" + FOLDER));
    }
  }

  KnownValues values() {
    return values;
  }

  /** Holds what a bare connection was answered against the contract. */
  void validate(Exchange exchange) {
    validator.check(exchange, true);
  }

  /** The port on 127.0.0.1. */
  int port() {
    return service.port();
  }

  /** What is answered to a right request. */
  HttpResponse<String> answer(Call call) {
    List<String> sent = call.arguments().stream().map(argument -> argument.value(values)).toList();
    // The validator takes a blank value for a missing one, so it is not asked about the request.
    HttpResponse<String> answer = answerToWrong(call.request(values));
    learn(schema(call.operation()), answer);
    for (int i = 0; i < sent.size(); i++) {
      Argument argument = call.arguments().get(i);
      if (argument.parameter().in().equals("path") && answer.statusCode() == 404) {
        values.forget(sent.get(i));
      } else if (argument.parameter().in().equals("header")
          && argument.parameter().schema().has("pattern")) {
        // A key is used again now and then.
        values.learn(argument.parameter().name(), sent.get(i));
      }
    }
    return answer;
  }

  /** What is answered to a wrong request. */
  HttpResponse<String> answerToWrong(Call.Request request) {
    return service.sendBroken(
        request.method(), request.target(), request.headers().toArray(String[]::new));
  }

  private static String schema(DeclaredOperation operation) {
    return operation
        .response(200)
        .orElseThrow()
        .at("/content/application~1json/schema/$ref")
        .asText()
        .replaceFirst(".*/", "");
  }

  private void learn(String of, HttpResponse<String> answer) {
    boolean isJson =
        answer.headers().firstValue("content-type").orElse("").equals("application/json");
    if (answer.statusCode() == 200 && isJson) {
      try {
        values.learn(of, json.readTree(answer.body()));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public void close() {
    service.close();
    redis.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
