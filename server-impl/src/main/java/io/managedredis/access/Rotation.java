package io.managedredis.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes room for a new file: {@code file} becomes {@code file.1}, that one {@code file.2} and so
 * on. What a crash left half done is a missing number, and only the numbers below it move: nothing
 * is lost, and only the last number is ever overwritten.
 *
 * @param file the file that is full
 * @param files how many there may be, the one to come included
 */
record Rotation(Path file, int files) {

  /** One renaming. */
  record Move(Path from, Path to) {
    void make() throws IOException {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** What is to be renamed, in this order, as the folder is now. */
  List<Move> moves() {
    int free = 1;
    while (free < files - 1 && Files.exists(numbered(free), LinkOption.NOFOLLOW_LINKS)) {
      free++;
    }
    List<Move> moves = new ArrayList<>();
    for (int number = free; number > 0; number--) {
      moves.add(new Move(numbered(number - 1), numbered(number)));
    }
    return moves;
  }

  private Path numbered(int number) {
    return number == 0 ? file : file.resolveSibling(file.getFileName() + "." + number);
  }
}
