package io.managedredis.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The claim that holds the roles, in each shape, and in those that it should not have. */
class ClaimedGrantsTest {

  private static final Grant VIEWER = new Grant(Role.VIEWER, "folder-1");
  private static final Grant ADMIN = new Grant(Role.ADMIN, Grant.ANY_FOLDER);

  @Test
  void anArrayOfRolesWithTheirFolders() {
    assertThat(grants(List.of("viewer:folder-1", "admin:*"))).containsExactly(VIEWER, ADMIN);
  }

  @Test
  void oneTextWithBlanksBetween() {
    assertThat(grants(" viewer:folder-1  admin:* openid ")).containsExactly(VIEWER, ADMIN);
  }

  @Test
  void foldersWithTheirRole() {
    assertThat(grants(Map.of("folder-1", "viewer"))).containsExactly(VIEWER);
  }

  @Test
  void foldersWithSeveralRoles() {
    assertThat(grants(Map.of("folder-1", List.of("viewer", "restorer"))))
        .containsExactly(VIEWER, new Grant(Role.RESTORER, "folder-1"));
  }

  @Test
  void theSameRoleTwiceIsOne() {
    assertThat(grants(List.of("viewer:folder-1", "viewer:folder-1"))).containsExactly(VIEWER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "viewer",
        "viewer:",
        ":folder-1",
        ":",
        "",
        "Viewer:folder-1",
        "ADMIN:*",
        "owner:folder-1",
        "admin:**",
        "admin:fold*",
        "admin:folder-1:x",
        "admin: *",
        "admin:folder/../folder-2",
        "admin:folder-1\n",
        "admin:\u0000",
        "admin:ordner-ä",
        "admin:012345678901234567890123456789012345678901234567890"
      })
  void whatIsNoRoleOnAFolderIsIgnored(String entry) {
    assertThat(grants(List.of(entry))).isEmpty();
  }

  @Test
  void otherTypesAreIgnoredAndTheRestHolds() {
    List<Object> entries =
        new ArrayList<>(
            Arrays.asList(1, 2.5, true, null, List.of("admin:*"), Map.of("*", "admin")));
    entries.add("viewer:folder-1");
    assertThat(grants(entries)).containsExactly(VIEWER);
  }

  @Test
  void aNumberAndABooleanAreNoRoles() {
    assertThat(grants(42)).isEmpty();
    assertThat(grants(true)).isEmpty();
  }

  @Test
  void rolesOfAFolderThatAreNoTextAreIgnored() {
    Map<String, Object> folders = new HashMap<>();
    folders.put("folder-1", List.of("viewer", 7, List.of("admin")));
    folders.put("folder-2", Map.of("admin", true));
    folders.put("folder-3", null);
    assertThat(grants(folders)).containsExactly(VIEWER);
  }

  @Test
  void aThousandAreTakenAndMoreAreNot() {
    assertThat(ClaimedGrants.of(Map.of("roles", folders(1000)), "roles"))
        .hasValueSatisfying(grants -> assertThat(grants).hasSize(1000));
    assertThat(ClaimedGrants.of(Map.of("roles", folders(1001)), "roles")).isEmpty();
  }

  @Test
  void dotsLeadIntoObjectsWhoseNamesMayHaveDots() {
    Map<String, Object> claims =
        Map.of(
            "resource_access",
            Map.of("backup.example.org", Map.of("roles", List.of("viewer:folder-1"))),
            "https://example.org/roles",
            List.of("admin:*"));
    assertThat(ClaimedGrants.of(claims, "resource_access.backup.example.org.roles"))
        .contains(List.of(VIEWER));
    assertThat(ClaimedGrants.of(claims, "https://example.org/roles")).contains(List.of(ADMIN));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "roles.", ".roles", "roles.x", "x.roles", "other"})
  void aPathThatLeadsNowhereFindsNothing(String path) {
    assertThat(ClaimedGrants.of(Map.of("roles", "admin:*"), path)).contains(List.of());
  }

  private static List<Grant> grants(Object claim) {
    return ClaimedGrants.of(Map.of("roles", claim), "roles").orElseThrow();
  }

  private static List<String> folders(int count) {
    return IntStream.range(0, count).mapToObj(i -> "viewer:folder-" + i).toList();
  }
}
