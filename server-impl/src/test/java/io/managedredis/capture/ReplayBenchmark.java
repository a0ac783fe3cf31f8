package io.managedredis.capture;

import com.sun.management.OperatingSystemMXBean;
import io.managedredis.rdb.Crc64;
import io.managedredis.rdb.Structure;
import io.managedredis.rdb.StructureReader;
import io.managedredis.repository.BackupId;
import io.managedredis.repository.Keyring;
import io.managedredis.repository.LocalRepository;
import io.managedredis.repository.PendingBackup;
import io.managedredis.repository.ShardWriter;
import io.managedredis.repository.StoredShard;
import io.managedredis.repository.StoringParts;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How fast a snapshot goes from the replication link to the disk when there is no server and no
 * network: a recorded one is replayed out of memory through everything that a backup sends it
 * through. Beside it each part alone, so that it can be seen where the time goes.
 *
 * <p>Not a test; {@code bench/replay.sh} runs it.
 */
public final class ReplayBenchmark {
  private static final int WARM_UP = 2;
  private static final BackupId ID = new BackupId("replay", "20261122T101112-abcd2345");
  private static final byte[] MARK = "0123456789".repeat(4).getBytes(StandardCharsets.US_ASCII);

  /** As much as a read of a socket on the same machine typically brings. */
  private static final int READ = Integer.getInteger("replay.read", 64 << 10);

  private final MappedByteBuffer recorded;
  private final Path keyset;
  private final LocalRepository encrypted;
  private final LocalRepository plain;
  private long storedBytes;

  private ReplayBenchmark(Path rdb, Path folder) throws Exception {
    try (FileChannel file = FileChannel.open(rdb, StandardOpenOption.READ)) {
      recorded = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());
    }
    recorded.load();
    keyset = folder.resolve("keyset.json");
    StoringParts.createKeyset(keyset);
    encrypted =
        LocalRepository.open(
            folder.resolve("encrypted"), LocalRepository.DEFAULT_LEVEL, Keyring.read(keyset));
    plain =
        LocalRepository.open(
            folder.resolve("plain"), LocalRepository.DEFAULT_LEVEL, Keyring.none());
  }

  /** One way to use up the recorded bytes. */
  @FunctionalInterface
  private interface Run {
    void run() throws Exception;
  }

  /** The CPU time of the whole process: other threads that help count as well. */
  private record Rates(double wall, double cpu) {}

  /**
   * Replays a snapshot.
   *
   * @param arguments the RDB file, an empty folder to store it in, and the number of rounds
   */
  public static void main(String[] arguments) throws Exception {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    Path folder = Files.createDirectories(Path.of(arguments[1]).toAbsolutePath());
    new ReplayBenchmark(Path.of(arguments[0]), folder).measure(out, Integer.parseInt(arguments[2]));
  }

  private void measure(PrintStream out, int rounds) throws Exception {
    Map<String, Run> runs = new LinkedHashMap<>();
    runs.put("everything on", () -> store(encrypted, false));
    runs.put("everything on, with slots", () -> store(encrypted, true));
    runs.put("without encryption", () -> store(plain, false));
    runs.put("end mark and CRC64", () -> copy((bytes, offset, length) -> {}));
    runs.put("CRC64", this::crc64);
    runs.put("SHA-256", this::sha256);
    runs.put("structure", () -> structure(false));
    runs.put("structure, with slots", () -> structure(true));
    runs.put("zstd", () -> part(StoringParts.frames(LocalRepository.DEFAULT_LEVEL)));
    runs.put("encryption", () -> part(StoringParts.encryption(keyset, ID)));
    Map<String, List<Rates>> measured = new LinkedHashMap<>();
    for (int round = -WARM_UP; round < rounds; round++) {
      for (Map.Entry<String, Run> run : runs.entrySet()) {
        Rates rates = rates(run.getValue());
        if (round >= 0) {
          measured.computeIfAbsent(run.getKey(), name -> new ArrayList<>()).add(rates);
        }
      }
    }
    out.printf(
        "%d MB recorded, stored in %d MB; medians of %d rounds in MB (10^6 bytes) per second%n",
        recorded.capacity() / 1_000_000, storedBytes / 1_000_000, rounds);
    out.printf("%-28s %9s %14s%n", "", "wall time", "CPU time");
    measured.forEach(
        (name, rates) ->
            out.printf(
                "%-28s %9.0f %14.0f%n",
                name,
                median(rates.stream().mapToDouble(Rates::wall).sorted().toArray()),
                median(rates.stream().mapToDouble(Rates::cpu).sorted().toArray())));
    encrypted.close();
    plain.close();
  }

  private Rates rates(Run run) throws Exception {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long wallFrom = System.nanoTime();
    long cpuFrom = system.getProcessCpuTime();
    run.run();
    long cpu = system.getProcessCpuTime() - cpuFrom;
    long wall = System.nanoTime() - wallFrom;
    return new Rates(recorded.capacity() * 1e3 / wall, recorded.capacity() * 1e3 / cpu);
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** What a backup does with the bytes of one shard, durable at the end, and then removed. */
  private void store(LocalRepository repository, boolean slots) throws Exception {
    StructureReader reader = new StructureReader(slots);
    try (PendingBackup pending = repository.begin(ID);
        ShardWriter writer = pending.shard("shard1")) {
      copy(
          (bytes, offset, length) -> {
            writer.write(bytes, offset, length);
            reader.update(bytes, offset, length);
          });
      requireWalked(reader);
      StoredShard stored = writer.finish();
      storedBytes = stored.storedBytes();
      require(stored.rawBytes() == recorded.capacity(), "all of it is stored");
    }
  }

  private void copy(SnapshotSink sink) throws Exception {
    Checksum checksum =
        new MarkedPayload("replay", MARK, true).copy(new Replay(), new RdbCopy("replay", sink));
    require(checksum == Checksum.PROVEN, "the checksum is proven");
  }

  private void crc64() {
    Crc64 crc = new Crc64();
    pieces(Payload.READ, crc::update);
    require(crc.value() == 0, "a checksum over itself is 0");
  }

  private void sha256() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    pieces(Payload.READ, digest::update);
    require(digest.digest().length > 0, "there is a digest");
  }

  private void structure(boolean slots) {
    StructureReader reader = new StructureReader(slots);
    pieces(Payload.READ, reader::update);
    requireWalked(reader);
  }

  private void part(StoringParts.Part part) throws Exception {
    try (part) {
      byte[] piece = new byte[Payload.READ];
      for (int at = 0; at < recorded.capacity(); at += piece.length) {
        int length = Math.min(piece.length, recorded.capacity() - at);
        recorded.get(at, piece, 0, length);
        part.write(piece, 0, length);
      }
    }
  }

  /** Takes some bytes. */
  @FunctionalInterface
  private interface Taker {
    void take(byte[] bytes, int offset, int length);
  }

  private void pieces(int size, Taker taker) {
    byte[] piece = new byte[size];
    for (int at = 0; at < recorded.capacity(); at += size) {
      int length = Math.min(size, recorded.capacity() - at);
      recorded.get(at, piece, 0, length);
      taker.take(piece, 0, length);
    }
  }

  private static void requireWalked(StructureReader reader) {
    Structure structure = reader.finish();
    require(structure.outcome() == Structure.Outcome.WALKED, "the structure is whole");
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException("It does not hold that " + what);
    }
  }

  /** A node that sends the recorded bytes and its mark as fast as they are taken. */
  private final class Replay implements ByteSource {
    private int at;

    @Override
    public int read(byte[] into, int offset, int length) {
      int left = recorded.capacity() - at;
      if (left > 0) {
        int count = Math.min(left, Math.min(length, READ));
        recorded.get(at, into, offset, count);
        at += count;
        return count;
      }
      int marked = Math.min(length, MARK.length + left);
      System.arraycopy(MARK, -left, into, offset, Math.max(0, marked));
      at += marked;
      return marked > 0 ? marked : -1;
    }

    @Override
    public void expectClose() {
      // It ends by itself.
    }
  }
}
