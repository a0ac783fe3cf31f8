package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.http.RequestHead.Flaw;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.memory.MemoryManager;
import org.junit.jupiter.api.Test;

/** How the head of a request is read, whatever the pieces are that it comes in. */
class RequestHeadTest {

  private static final String HEAD = "GET /a HTTP/1.1\r\nHost: localhost\r\nX-A: b c\td\r\n\r\n";

  @Test
  void theBytesBehindAHeadAreNotLookedAt() {
    assertThat(new RequestHead(1000).read(buffer(HEAD + "\0\n\r"))).isEmpty();
  }

  @Test
  void aHeadOfTheLargestSizeIsTakenAndOneByteMoreIsNot() {
    assertThat(new RequestHead(HEAD.length()).read(buffer(HEAD))).isEmpty();
    assertThat(new RequestHead(HEAD.length() - 1).read(buffer(HEAD)))
        .contains(Flaw.HEADERS_TOO_LARGE);
    assertThat(new RequestHead(5).read(buffer(HEAD))).contains(Flaw.TARGET_TOO_LONG);
  }

  @Test
  void anotherRequestIsReadFromItsOwnBeginning() {
    RequestHead head = new RequestHead(HEAD.length());
    for (int i = 0; i < 3; i++) {
      assertThat(head.read(buffer(HEAD))).isEmpty();
      head.reset();
    }
    assertThat(head.read(buffer("\n"))).contains(Flaw.MALFORMED);
  }

  @Test
  void everyByteIsLookedAtOnceInWhateverPieces() {
    for (int cut = 0; cut <= HEAD.length(); cut++) {
      RequestHead head = new RequestHead(1000);
      assertThat(head.read(buffer(HEAD.substring(0, cut)))).isEmpty();
      assertThat(head.read(buffer(HEAD))).isEmpty();
    }
  }

  /** Each byte that may not stand at some place of the head is refused there. */
  @Test
  void noControlCharacterIsTakenAnywhere() {
    for (int at = 0; at < HEAD.length() - 1; at++) {
      for (char control : new char[] {0, 1, '\n', 11, 31, 127}) {
        if (HEAD.charAt(at) != control) {
          String broken = HEAD.substring(0, at) + control + HEAD.substring(at + 1);
          Optional<Flaw> flaw = new RequestHead(1000).read(buffer(broken));
          assertThat(flaw).as("%d at %d", (int) control, at).contains(Flaw.MALFORMED);
        }
      }
    }
  }

  private static Buffer buffer(String text) {
    return Buffers.wrap(MemoryManager.DEFAULT_MEMORY_MANAGER, text, StandardCharsets.ISO_8859_1);
  }
}
