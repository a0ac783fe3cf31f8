package io.managedredis.catalog;

import java.util.Optional;

/** Values that are written once and then kept. */
final class Settings {
  private final Database database;

  Settings(Database database) {
    this.database = database;
  }

  Optional<String> find(String name) {
    return database.read(
        "read setting " + name,
        handle ->
            handle
                .createQuery("SELECT setting_value FROM setting WHERE name = :name")
                .bind("name", name)
                .map((row, context) -> row.getString(1))
                .findOne());
  }

  /** The value that was there, or else this one; the same for everybody who asks at once. */
  String keep(String name, String value) {
    return database.write(
        "write setting " + name,
        handle -> {
          handle
              .createUpdate(
                  "INSERT INTO setting (name, setting_value) VALUES (:name, :value)"
                      + " ON CONFLICT (name) DO NOTHING")
              .bind("name", name)
              .bind("value", value)
              .execute();
          return handle
              .createQuery("SELECT setting_value FROM setting WHERE name = :name")
              .bind("name", name)
              .map((row, context) -> row.getString(1))
              .one();
        });
  }
}
