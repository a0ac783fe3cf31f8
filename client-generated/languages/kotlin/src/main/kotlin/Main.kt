import io.managedredis.client.api.BackupApi
import io.managedredis.client.api.ClusterApi
import io.managedredis.client.api.OperationApi
import io.managedredis.client.infrastructure.ClientError
import io.managedredis.client.infrastructure.ClientException
import io.managedredis.client.infrastructure.Serializer
import io.managedredis.client.model.Backup
import io.managedredis.client.model.BackupType
import io.managedredis.client.model.Operation
import io.managedredis.client.model.Status
import java.io.File
import java.security.MessageDigest
import java.time.Duration
import java.time.Instant
import java.util.HexFormat
import java.util.UUID
import kotlin.system.exitProcess
import okhttp3.OkHttpClient

/** The scenario that every language's client is put through, in Kotlin. */
fun main() {
    val server = env("SERVER")
    val folder = env("FOLDER_ID")
    val expected = env("EXPECTED_IDS").split(' ')

    // An interceptor sees what is really sent, as it is sent.
    var sent = ""
    val http = OkHttpClient.Builder()
        .callTimeout(Duration.ofSeconds(30))
        .addInterceptor { chain ->
            sent = chain.request().url.encodedPath
            chain.proceed(chain.request())
        }
        .build()
    val backups = BackupApi(server, http)
    val clusters = ClusterApi(server, http)
    val operations = OperationApi(server, http)
    val report = Report()

    report.step("list") {
        val pages = generateSequence(backups.listBackups(folder, 3)) { page ->
            page.nextPageToken?.let { backups.listBackups(folder, 3, it) }
        }.toList()
        same("pages", 3, pages.size)
        same("ids", expected, pages.flatMap { it.backups }.map { it.id })
    }

    report.step("get") {
        val backup = backups.getBackup(expected.first())
        same("id", expected.first(), backup.id)
        same("folderId", folder, backup.folderId)
        same("sourceClusterId", backup.id.substringBefore(':'), backup.sourceClusterId)
        same("no shard names", false, backup.sourceShardNames.isNullOrEmpty())
        same("startedAt after createdAt", false, backup.startedAt.isAfter(backup.createdAt))
        same("type", BackupType.MANUAL, backup.type)
    }

    report.step("colon") {
        same("id", expected.first(), backups.getBackup(expected.first()).id)
        val colon = sent.substringAfterLast('/').removePrefix(expected.first().substringBefore(':'))
            .removeSuffix(expected.first().substringAfter(':'))
        same("sent as : or %3A", true, colon in setOf(":", "%3A"))
        "sent as $colon"
    }

    report.step("missing") {
        val missing = env("MISSING_ID")
        val error = refused { backups.getBackup(missing) }
        val status = error.status()
        same("HTTP status", 404, error.statusCode)
        same("code", 5, status.code)
        same("message names $missing", true, missing in status.message)
        val requestId = status.details.orEmpty().firstNotNullOfOrNull { it.requestId }
        same("x-request-id", listOf(requestId), error.answer().headers["x-request-id"])
        "the body is a string; one line reads it into Status"
    }

    report.step("fractions") {
        env("FRACTIONS").split(' ').forEach { pair ->
            val (id, createdAt) = pair.split('=', limit = 2)
            same(id, Instant.parse(createdAt), backups.getBackup(id).createdAt.toInstant())
        }
    }

    report.step("unknown") {
        val newer = BackupApi(env("NEWER_SERVER"), http)
        val unknown = BackupType.UNKNOWN_DEFAULT_OPEN_API
        same("get", unknown, newer.getBackup(expected.first()).type)
        same("list", listOf(unknown), newer.listBackups(folder, 1).backups.map(Backup::type))
        "read as $unknown"
    }

    var taken = ""
    report.step("backup") {
        val key = UUID.randomUUID().toString()
        val started = clusters.backupCluster(env("CLUSTER_ID"), key)
        val done = operations.await(started)
        taken = requireNotNull(done.metadata.backupId) { "the metadata has no backupId" }
        same("id", taken, backups.getBackup(taken).id)
        same("repeat", started.id, clusters.backupCluster(env("CLUSTER_ID"), key).id)
    }

    report.step("download") {
        check(taken.isNotEmpty()) { "there is no backup to download" }
        val shard = backups.getBackupManifest(taken).shards.first()
        val rdb = backups.downloadBackupShard(taken, shard.name)
        same("length", shard.rawBytes, rdb.length().toString())
        same("SHA-256", shard.sha256, sha256(rdb))
        "a temporary File"
    }

    report.step("delete") {
        check(taken.isNotEmpty()) { "there is no backup to delete" }
        operations.await(backups.deleteBackup(taken, UUID.randomUUID().toString()))
        val error = refused { backups.getBackup(taken) }
        same("HTTP status", 404, error.statusCode)
        same("code", 5, error.status().code)
    }

    exitProcess(if (report.failed) 1 else 0)
}

/** Polls until the operation is done, at most for a minute; it has to end without an error. */
private fun OperationApi.await(started: Operation): Operation {
    val deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos()
    var now = started
    while (!now.done) {
        check(System.nanoTime() < deadline) { "operation ${started.id} is not done after a minute" }
        Thread.sleep(100)
        now = getOperation(started.id)
    }
    return now.also { same("error of ${it.id}", null, it.error) }
}

private fun refused(call: () -> Unit): ClientException {
    try {
        call()
    } catch (e: ClientException) {
        return e
    }
    throw IllegalStateException("the call went well")
}

private fun ClientException.answer() = response as ClientError<*>

/** The generated exception has the body as a string. */
private fun ClientException.status(): Status =
    Serializer.kotlinxSerializationJson.decodeFromString<Status>(answer().body as String)

private fun sha256(file: File): String =
    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file.readBytes()))

private fun env(name: String) = System.getenv(name) ?: error("$name is not set")

private fun same(what: String, expected: Any?, came: Any?) =
    check(expected == came) { "$what: expected $expected, came $came" }

/** Prints a line for each step. */
private class Report {
    var failed = false
        private set

    /** What the check answers is the note, if it is a text. */
    fun step(name: String, check: () -> Any?) {
        val line = try {
            "ok\t" + (check() as? String).orEmpty()
        } catch (e: Exception) {
            failed = true
            e.printStackTrace()
            "failed\t" + e.toString().replace(Regex("\\s+"), " ")
        }
        println("$name\t$line")
    }
}
