package io.managedredis.capture;

import static io.managedredis.capture.TestRdb.join;
import static io.managedredis.capture.TestRdb.latin1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.managedredis.capture.CaptureException.Reason;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CountedPayloadTest {
  private static final int ALL = Integer.MAX_VALUE;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void copiesExactlyTheLengthWhereverAReadEnds() throws Exception {
    byte[] file = TestRdb.file(TestRdb.random(100));
    for (int cut = 1; cut < file.length; cut++) {
      out.reset();
      Checksum checksum = copy(file.length, join(file, latin1("rest")), cut, ALL);
      assertThat(checksum).as("cut at %d", cut).isEqualTo(Checksum.PROVEN);
      assertThat(out.toByteArray()).as("cut at %d", cut).isEqualTo(file);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 9, 18, 1000})
  void copiesHoweverSmallTheReadsAre(int read) throws Exception {
    byte[] file = TestRdb.file(TestRdb.random(2000));
    assertThat(copy(file.length, file, read, read)).isEqualTo(Checksum.PROVEN);
    assertThat(out.toByteArray()).isEqualTo(file);
  }

  @Test
  void takesAnEmptyDatabase() throws Exception {
    byte[] file = TestRdb.file(new byte[0]);
    assertThat(copy(file.length, file, ALL, ALL)).isEqualTo(Checksum.PROVEN);
    assertThat(out.toByteArray()).isEqualTo(file);
  }

  @Test
  void copiesMoreThanTheBufferHolds() throws Exception {
    byte[] file = TestRdb.file(TestRdb.random(3 * Payload.READ + 17));
    assertThat(copy(file.length, file, ALL, ALL)).isEqualTo(Checksum.PROVEN);
    assertThat(out.toByteArray()).isEqualTo(file);
  }

  @Test
  void saysThatThereIsNoChecksum() throws Exception {
    byte[] file = TestRdb.withoutChecksum(TestRdb.random(100));
    assertThat(copy(file.length, file, ALL, ALL)).isEqualTo(Checksum.ABSENT);
    assertThat(out.toByteArray()).isEqualTo(file);
  }

  @Test
  void everyFlippedBitIsFound() {
    byte[] file = TestRdb.file(TestRdb.random(60));
    for (int at = 0; at < file.length; at++) {
      byte[] flipped = file.clone();
      flipped[at] ^= 16;
      assertThat(failure(file.length, flipped).reason())
          .as("byte %d", at)
          .isEqualTo(Reason.CORRUPT);
    }
  }

  @Test
  void aFileWithoutTheOpcodeOfTheEndIsCorruptEvenWithoutChecksum() {
    byte[] file = TestRdb.withoutChecksum(TestRdb.random(60));
    file[file.length - 9] = 0;
    assertThat(failure(file.length, file).reason()).isEqualTo(Reason.CORRUPT);
  }

  @Test
  void aLinkThatClosesAnywhereBeforeTheEndIsDropped() {
    byte[] file = TestRdb.file(TestRdb.random(60));
    for (int length = 0; length < file.length; length++) {
      CaptureException e = failure(file.length, Arrays.copyOf(file, length));
      assertThat(e.reason()).as("after %d bytes", length).isEqualTo(Reason.DROPPED);
      assertThat(e).hasMessageContaining(length + " of " + file.length + " bytes");
    }
  }

  private Checksum copy(long length, byte[] sent, int firstRead, int nextReads) throws Exception {
    RdbCopy to = new RdbCopy("node:1", out::write);
    Checksum checksum =
        new CountedPayload("node:1", length).copy(new MemorySource(sent, firstRead, nextReads), to);
    assertThat(to.bytes()).isEqualTo(out.size());
    return checksum;
  }

  private CaptureException failure(long length, byte[] sent) {
    return catchThrowableOfType(CaptureException.class, () -> copy(length, sent, ALL, ALL));
  }
}
