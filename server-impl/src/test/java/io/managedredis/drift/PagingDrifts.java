package io.managedredis.drift;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.Contract.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** Lists whose pages do not make up the list. */
final class PagingDrifts {

  private static final String FAMILY = "paging";
  private static final String TOKEN = "nextPageToken";

  private final DeclaredOperation operation;
  private final Parameter pageSize;
  private final Parameter pageToken;
  private final String entries;

  /** Some lists never are: there is no cluster without a shard. */
  private final boolean mayBeEmpty;

  private final List<Drift> drifts = new ArrayList<>();

  private PagingDrifts(
      DeclaredOperation operation,
      Parameter pageSize,
      Parameter pageToken,
      String entries,
      boolean mayBeEmpty) {
    this.operation = operation;
    this.pageSize = pageSize;
    this.pageToken = pageToken;
    this.entries = entries;
    this.mayBeEmpty = mayBeEmpty;
  }

  static List<Drift> of(Contract contract) {
    List<Drift> all = new ArrayList<>();
    for (DeclaredOperation operation : contract.operations()) {
      JsonNode page =
          contract.resolved(
              operation.response(200).orElseThrow().at("/content/application~1json/schema"));
      Optional<Parameter> size = operation.parameter("pageSize");
      Optional<Parameter> token = operation.parameter("pageToken");
      if (size.isPresent() && token.isPresent() && page.path("properties").has(TOKEN)) {
        String entries = page.path("required").path(0).asText();
        String said = page.path("properties").path(entries).path("description").asText();
        PagingDrifts of =
            new PagingDrifts(
                operation, size.get(), token.get(), entries, said.contains("an empty array"));
        of.pages();
        of.tokens();
        all.addAll(of.drifts);
      }
    }
    return all;
  }

  /** Changes the body of a page; answers whether it did. */
  private interface PageChange {
    boolean change(ObjectNode page, ArrayNode entries);
  }

  private void pages() {
    answer(
        "an empty page comes with a token",
        (page, list) -> {
          boolean more = page.has(TOKEN) && !list.isEmpty();
          list.removeAll();
          return more;
        });
    answer(
        "the pages are in the other order",
        (page, list) -> {
          boolean several = list.size() > 1;
          ArrayNode reversed = JsonNodeFactory.instance.arrayNode();
          for (int i = list.size() - 1; i >= 0; i--) {
            reversed.add(list.get(i));
          }
          page.set(entries, reversed);
          return several;
        });
    answer(
        "two neighbours are exchanged",
        (page, list) -> {
          if (list.size() < 2) {
            return false;
          }
          list.add(list.remove(list.size() - 2));
          return true;
        });
    answer(
        "the first entry of a page is lost",
        (page, list) -> {
          boolean several = list.size() > 1;
          if (several) {
            list.remove(0);
          }
          return several;
        });
    answer(
        "the last entry before a token is lost",
        (page, list) -> {
          boolean more = page.has(TOKEN) && list.size() > 1;
          if (more) {
            list.remove(list.size() - 1);
          }
          return more;
        });
    answer(
        "an entry is there twice",
        (page, list) -> {
          boolean some = !list.isEmpty();
          if (some) {
            list.add(list.get(list.size() - 1).deepCopy());
          }
          return some;
        });
    if (mayBeEmpty) {
      answer(
          "an empty list has no array",
          (page, list) -> {
            boolean none = list.isEmpty();
            if (none) {
              page.remove(entries);
            }
            return none;
          });
    }
    request(
        "a page has one entry more than asked for",
        request -> {
          List<String> values = request.values(operation, pageSize);
          if (values.size() != 1 || !values.get(0).matches("[1-9][0-9]{0,2}")) {
            return false;
          }
          request.values(
              operation, pageSize, List.of(Integer.toString(Integer.parseInt(values.get(0)) + 1)));
          return true;
        });
  }

  private void tokens() {
    answer("the token is lost", (page, list) -> page.remove(TOKEN) != null);
    drift(
        "the token is always the first one",
        () -> {
          AtomicReference<String> first = new AtomicReference<>();
          return page(
              (page, list) -> {
                if (!page.has(TOKEN)) {
                  return false;
                }
                boolean kept = !first.compareAndSet(null, page.path(TOKEN).asText());
                page.put(TOKEN, first.get());
                return kept;
              });
        });
    drift("the last page has a token, which leads to an empty page", TokenAfterTheEnd::new);
    answer(
        "the last page has a token that is none",
        (page, list) -> {
          boolean last = !page.has(TOKEN);
          page.put(TOKEN, "AAAA");
          return last;
        });
    drifts.add(
        Drift.ofAnswers(
            FAMILY,
            operation.id(),
            400,
            "a foreign token is taken for the end of the list",
            new Injection() {
              @Override
              public boolean onAnswer(Outgoing answer) {
                boolean ofTheToken =
                    answer.body().map(b -> b.toString().contains("\"pageToken\"")).orElse(false);
                if (ofTheToken) {
                  answer.status(200);
                  ObjectNode page = JsonNodeFactory.instance.objectNode();
                  page.putArray(entries);
                  answer.body(page);
                }
                return ofTheToken;
              }
            }));
  }

  /** A token that this drift gave out, on a page that should have none. */
  private final class TokenAfterTheEnd implements Injection {
    private static final String GIVEN_OUT = "YWZ0ZXIgdGhlIGVuZA";

    @Override
    public boolean onRequest(Incoming request) {
      boolean ours = request.values(operation, pageToken).equals(List.of(GIVEN_OUT));
      if (ours) {
        request.values(operation, pageToken, List.of());
        request.mark();
      }
      return ours;
    }

    @Override
    public boolean onAnswer(Outgoing answer) {
      return page((page, list) -> {
            if (answer.isMarked()) {
              list.removeAll();
              page.remove(TOKEN);
              return true;
            }
            boolean last = !page.has(TOKEN) && !list.isEmpty();
            if (last) {
              page.put(TOKEN, GIVEN_OUT);
            }
            return last;
          })
          .onAnswer(answer);
    }
  }

  private Injection page(PageChange change) {
    return new Injection() {
      @Override
      public boolean onAnswer(Outgoing answer) {
        if (answer.status() != 200
            || !(answer.body().orElse(null) instanceof ObjectNode page)
            || !(page.path(entries) instanceof ArrayNode list)) {
          return false;
        }
        boolean changed = change.change(page, list);
        if (changed) {
          answer.body(page);
        }
        return changed;
      }
    };
  }

  private void answer(String words, PageChange change) {
    drift(words, () -> page(change));
  }

  private void request(String words, java.util.function.Predicate<Incoming> change) {
    drift(
        words,
        () ->
            new Injection() {
              @Override
              public boolean onRequest(Incoming request) {
                return change.test(request);
              }
            });
  }

  private void drift(String words, Supplier<Injection> injection) {
    drifts.add(Drift.ofRequests(FAMILY, operation.id(), words, injection));
  }
}
