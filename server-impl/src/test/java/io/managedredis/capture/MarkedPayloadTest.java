package io.managedredis.capture;

import static io.managedredis.capture.TestRdb.MARK;
import static io.managedredis.capture.TestRdb.join;
import static io.managedredis.capture.TestRdb.latin1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.managedredis.capture.CaptureException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkedPayloadTest {
  private static final byte[] END = latin1(MARK);
  private static final byte[] NOTHING = {};
  private static final int ALL = Integer.MAX_VALUE;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void endsAtTheMarkWhereverAReadEnds() throws Exception {
    byte[] file = TestRdb.file(TestRdb.random(300));
    byte[] sent = join(file, END);
    for (int cut = 1; cut < sent.length; cut++) {
      out.reset();
      assertThat(copy(sent, cut, ALL)).as("cut at %d", cut).isEqualTo(Checksum.PROVEN);
      assertThat(out.toByteArray()).as("cut at %d", cut).isEqualTo(file);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 39, 40, 41, 49, 50, 51, 64})
  void endsAtTheMarkHoweverSmallTheReadsAre(int read) throws Exception {
    byte[] file = TestRdb.file(TestRdb.random(1000));
    assertThat(copy(join(file, END), read, read)).isEqualTo(Checksum.PROVEN);
    assertThat(out.toByteArray()).isEqualTo(file);
  }

  @Test
  void takesAnEmptyDatabase() throws Exception {
    byte[] file = TestRdb.file(NOTHING);
    assertThat(copy(join(file, END), ALL, ALL)).isEqualTo(Checksum.PROVEN);
    assertThat(out.toByteArray()).isEqualTo(file);
  }

  @Test
  void copiesMoreThanTheBufferHolds() throws Exception {
    byte[] file = TestRdb.file(TestRdb.random(3 * Payload.READ + 17));
    assertThat(copy(join(file, END), ALL, ALL)).isEqualTo(Checksum.PROVEN);
    assertThat(out.toByteArray()).isEqualTo(file);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 13, 40, 1000, ALL})
  void goesOnAfterMarksInsideTheData(int read) throws Exception {
    byte[] body =
        join(
            END,
            END,
            new byte[] {-1, 1, 2, 3, 4, 5, 6, 7, 8},
            END,
            latin1(MARK.substring(0, 39)),
            END,
            TestRdb.random(100),
            END);
    byte[] file = TestRdb.file(body);
    assertThat(copy(join(file, END), read, read)).isEqualTo(Checksum.PROVEN);
    assertThat(out.toByteArray()).isEqualTo(file);
  }

  @Test
  void findsAMarkThatOverlapsItself() throws Exception {
    byte[] mark = latin1("a".repeat(40));
    byte[] file = TestRdb.file(latin1("a".repeat(100)));
    Checksum checksum = copy(mark, true, new MemorySource(join(file, mark), ALL, ALL));
    assertThat(checksum).isEqualTo(Checksum.PROVEN);
    assertThat(out.toByteArray()).isEqualTo(file);
  }

  @Test
  void stopsAtTheProvenMarkWhateverFollows() throws Exception {
    byte[] file = TestRdb.file(TestRdb.random(300));
    copy(join(file, END, latin1("\n*1\r\n$4\r\nPING\r\n")), ALL, ALL);
    assertThat(out.toByteArray()).isEqualTo(file);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 40, ALL})
  void withoutChecksumTakesTheMarkBeforeTheLinkCloses(int read) throws Exception {
    byte[] file = TestRdb.withoutChecksum(join(TestRdb.random(100), END, TestRdb.random(100)));
    MemorySource source = new MemorySource(join(file, END), read, read);
    assertThat(copy(END, true, source)).isEqualTo(Checksum.ABSENT);
    assertThat(out.toByteArray()).isEqualTo(file);
    assertThat(source.closeWasExpected()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, ALL})
  void withoutChecksumTakesAStrayNewlineAfterTheMark(int read) throws Exception {
    byte[] file = TestRdb.withoutChecksum(TestRdb.random(100));
    assertThat(copy(join(file, END, latin1("\n")), read, read)).isEqualTo(Checksum.ABSENT);
    assertThat(out.toByteArray()).isEqualTo(file);
  }

  @Test
  void withoutChecksumRefusesMoreThanANewlineAfterTheMark() {
    byte[] sent = join(TestRdb.withoutChecksum(TestRdb.random(100)), END, latin1("\n\n"));
    assertThat(failure(sent, true).reason()).isEqualTo(Reason.DROPPED);
  }

  @Test
  void withoutChecksumRefusesALinkThatStaysOpen() {
    CaptureException e = failure(join(TestRdb.withoutChecksum(TestRdb.random(100)), END), false);
    assertThat(e.reason()).isEqualTo(Reason.UNSUPPORTED);
    assertThat(e).hasMessageContaining("rdbchecksum");
  }

  @Test
  void takesACheckedEndOfALinkThatStaysOpen() throws Exception {
    byte[] file = TestRdb.file(TestRdb.random(100));
    MemorySource source = new MemorySource(join(file, END, latin1("*1\r\n")), ALL, ALL);
    assertThat(copy(END, false, source)).isEqualTo(Checksum.PROVEN);
  }

  @Test
  void everyFlippedBitOfTheFileIsFound() {
    byte[] file = TestRdb.file(TestRdb.random(60));
    for (int at = 0; at < file.length; at++) {
      byte[] flipped = file.clone();
      flipped[at] ^= 4;
      assertThat(failure(join(flipped, END), true).reason())
          .as("byte %d", at)
          .isEqualTo(Reason.CORRUPT);
    }
  }

  @Test
  void saysWhichChecksumWasExpectedAndFound() {
    byte[] file = TestRdb.file(latin1("data"));
    file[10] ^= 1;
    assertThat(failure(join(file, END), true))
        .hasMessageStartingWith("node:1: ")
        .hasMessageContaining("22 bytes")
        .hasMessageContaining(String.format("0x%016x", RdbCopy.trailer(file, 14)));
  }

  @Test
  void aLinkThatClosesAnywhereBeforeTheEndIsDropped() {
    byte[] sent = join(TestRdb.file(TestRdb.random(60)), END);
    for (int length = 0; length < sent.length; length++) {
      assertThat(failure(Arrays.copyOf(sent, length), true).reason())
          .as("after %d bytes", length)
          .isEqualTo(Reason.DROPPED);
    }
  }

  @Test
  void refusesWhatDoesNotBeginLikeAFile() {
    byte[] sent = join(latin1("<html><body>"), TestRdb.random(500));
    assertThat(failure(sent, true))
        .hasMessageContaining("<html><bo")
        .extracting(CaptureException::reason)
        .isEqualTo(Reason.CORRUPT);
  }

  @Test
  void theSinksExceptionPassesThroughUnchanged() {
    IOException full = new IOException("disk full");
    byte[] sent = join(TestRdb.file(TestRdb.random(60)), END);
    assertThatThrownBy(
            () ->
                new MarkedPayload("node:1", END, true)
                    .copy(
                        new MemorySource(sent, ALL, ALL),
                        new RdbCopy(
                            "node:1",
                            (bytes, offset, length) -> {
                              throw full;
                            })))
        .isSameAs(full);
  }

  private Checksum copy(byte[] sent, int firstRead, int nextReads) throws Exception {
    return copy(END, true, new MemorySource(sent, firstRead, nextReads));
  }

  private Checksum copy(byte[] mark, boolean linkCloses, MemorySource source) throws Exception {
    RdbCopy to = new RdbCopy("node:1", out::write);
    Checksum checksum = new MarkedPayload("node:1", mark, linkCloses).copy(source, to);
    assertThat(to.bytes()).isEqualTo(out.size());
    return checksum;
  }

  private CaptureException failure(byte[] sent, boolean linkCloses) {
    return catchThrowableOfType(
        CaptureException.class, () -> copy(END, linkCloses, new MemorySource(sent, ALL, ALL)));
  }
}
