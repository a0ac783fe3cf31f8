// Calls every kind of operation of the generated client against a real server, and says of each step whether what came is
// what the contract promises: one line "STEP<TAB>RESULT<TAB>NOTE".

using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using ManagedRedis.Api;
using ManagedRedis.Client;
using ManagedRedis.Extensions;
using ManagedRedis.Model;
using Microsoft.Extensions.DependencyInjection;

var scenario = new Scenario();
(string Name, Func<CancellationToken, Task<string>> Take)[] steps =
[
    ("list", scenario.List),
    ("get", scenario.Get),
    ("colon", scenario.Colon),
    ("missing", scenario.Missing),
    ("fractions", scenario.Fractions),
    ("unknown", scenario.Unknown),
    ("backup", scenario.TakeBackup),
    ("download", scenario.Download),
    ("delete", scenario.Delete),
];
var failed = false;
foreach (var (name, take) in steps)
{
    // Every call of a step ends by then, and so does waiting for an operation.
    using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
    var (result, note) = ("ok", "");
    try
    {
        note = await take(deadline.Token);
    }
    catch (LimitedException limit)
    {
        (result, note) = ("limited", limit.Message);
    }
    catch (Exception problem)
    {
        (result, note, failed) = ("failed", $"{problem.GetType().Name}: {problem.Message}", true);
    }
    Console.WriteLine($"{name}\t{result}\t{Regex.Replace(note, @"\s+", " ")}");
}
return failed ? 1 : 0;

/// <summary>What a step found wrong; the message says what.</summary>
sealed class MismatchException(string message) : Exception(message);

/// <summary>A step that works, but less than the contract promises; the message says what.</summary>
sealed class LimitedException(string message) : Exception(message);

/// <summary>The client sends a token even where the contract can do without (#24138): this one is not sent.</summary>
sealed class NoToken() : BearerToken("")
{
    public override void UseInHeader(HttpRequestMessage request, string headerName)
    {
    }
}

/// <summary>The three parts of the client of one server.</summary>
sealed class Caller
{
    public IBackupApi Backups { get; }
    public IClusterApi Clusters { get; }
    public IOperationApi Operations { get; }

    public Caller(string server)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddApi(options => options
            .AddTokens<BearerToken>(new NoToken())
            .AddApiHttpClients((HttpClient http) => http.BaseAddress = new Uri(server)));
        var provider = services.BuildServiceProvider();
        Backups = provider.GetRequiredService<IBackupApi>();
        Clusters = provider.GetRequiredService<IClusterApi>();
        Operations = provider.GetRequiredService<IOperationApi>();
    }
}

sealed class Scenario
{
    private readonly Caller today = new(Setting("SERVER"));
    private readonly Caller newer = new(Setting("NEWER_SERVER"));
    private readonly string folder = Setting("FOLDER_ID");
    private readonly string cluster = Setting("CLUSTER_ID");

    /// <summary>The ids of the folder's backups, in the order of the list.</summary>
    private readonly string[] ids = Setting("EXPECTED_IDS").Split(' ');

    /// <summary>The id of the backup that the step backup took.</summary>
    private string? taken;

    public async Task<string> List(CancellationToken cancellation)
    {
        var listed = new List<string>();
        var pages = 0;
        Option<string> token = default;
        while (true)
        {
            var response = await today.Backups.ListBackupsAsync(folder, 3, token, cancellation);
            var page = response.Ok() ?? throw Unexpected(response);
            pages++;
            listed.AddRange(page.Backups.Select(backup => backup.Id));
            if (page.NextPageToken is null)
            {
                break;
            }
            token = page.NextPageToken;
        }
        Same("pages", 3, pages);
        Same("ids", string.Join(' ', ids), string.Join(' ', listed));
        return $"{pages} pages";
    }

    public async Task<string> Get(CancellationToken cancellation)
    {
        var backup = await Read(today, ids[0], cancellation);
        Same("Id", ids[0], backup.Id);
        Same("FolderId", folder, backup.FolderId);
        Same("SourceClusterId", ids[0].Split(':')[0], backup.SourceClusterId);
        Same("there are shards", true, backup.SourceShardNames is { Count: > 0 });
        Same("StartedAt is after CreatedAt", false, backup.StartedAt > backup.CreatedAt);
        Same("Type", BackupType.MANUAL, TypeOf(backup));
        return "";
    }

    public async Task<string> Colon(CancellationToken cancellation)
    {
        var response = await today.Backups.GetBackupAsync(ids[0], cancellation);
        Same("Id", ids[0], response.Ok()?.Id);
        var sent = response.RequestUri!.AbsolutePath.Split('/')[^1];
        if (sent == ids[0])
        {
            return "sends :";
        }
        Same("sent", ids[0].Replace(":", "%3A"), sent);
        return "sends %3A";
    }

    public async Task<string> Missing(CancellationToken cancellation)
    {
        await NotFound(Setting("MISSING_ID"), cancellation);
        return "";
    }

    public async Task<string> Fractions(CancellationToken cancellation)
    {
        var cut = false;
        var pairs = Setting("FRACTIONS").Split(' ');
        Same("instants", 4, pairs.Length);
        foreach (var pair in pairs)
        {
            var (id, text) = (pair[..pair.IndexOf('=')], pair[(pair.IndexOf('=') + 1)..]);
            var fraction = text.TrimEnd('Z').Split('.').ElementAtOrDefault(1) ?? "";
            cut |= fraction.Length > 7;
            var expected = text[..19] + "." + fraction.PadRight(7, '0')[..7] + "+00:00";
            var createdAt = (await Read(today, id, cancellation)).CreatedAt;
            var format = "yyyy-MM-dd'T'HH:mm:ss.fffffffzzz";
            Same($"CreatedAt of {text}", expected, createdAt.ToString(format, CultureInfo.InvariantCulture));
        }
        return cut ? throw new LimitedException("DateTimeOffset, cut to 100 ns") : "DateTimeOffset";
    }

    public async Task<string> Unknown(CancellationToken cancellation)
    {
        var backup = await Read(newer, ids[0], cancellation);
        Same("Id", ids[0], backup.Id);
        Same("Type", "IMPORTED", backup.Type);
        Same("Type as a constant", null, TypeOf(backup));
        var response = await newer.Backups.ListBackupsAsync(folder, cancellationToken: cancellation);
        var listed = (response.Ok() ?? throw Unexpected(response)).Backups[0];
        Same("listed Id", ids[0], listed.Id);
        Same("listed Type", "IMPORTED", listed.Type);
        return "survives as the string IMPORTED";
    }

    public async Task<string> TakeBackup(CancellationToken cancellation)
    {
        var key = Guid.NewGuid().ToString();
        var response = await today.Clusters.BackupClusterAsync(cluster, key, cancellation);
        var started = response.Ok() ?? throw Unexpected(response);
        var done = await Await(started, cancellation);
        taken = done.Metadata.BackupId ?? throw new MismatchException("the metadata names no backup");
        var backup = await Read(today, taken, cancellation);
        Same("Id", taken, backup.Id);
        Same("SourceClusterId", cluster, backup.SourceClusterId);
        var again = await today.Clusters.BackupClusterAsync(cluster, key, cancellation);
        Same("operation of the repeat", started.Id, again.Ok()?.Id);
        return "";
    }

    public async Task<string> Download(CancellationToken cancellation)
    {
        var id = taken ?? throw new MismatchException("no backup was taken that could be downloaded");
        var manifest = await today.Backups.GetBackupManifestAsync(id, cancellation);
        var shard = (manifest.Ok() ?? throw Unexpected(manifest)).Shards[0];
        var response = await today.Backups.DownloadBackupShardAsync(id, shard.Name, cancellationToken: cancellation);
        using var rdb = response.Ok() ?? throw Unexpected(response);
        Same("length", shard.RawBytes, rdb.Length.ToString(CultureInfo.InvariantCulture));
        Same("SHA-256", shard.Sha256, Convert.ToHexStringLower(await SHA256.HashDataAsync(rdb, cancellation)));
        return "a Stream in memory";
    }

    public async Task<string> Delete(CancellationToken cancellation)
    {
        var id = taken ?? throw new MismatchException("no backup was taken that could be deleted");
        var response = await today.Backups.DeleteBackupAsync(id, Guid.NewGuid().ToString(), cancellation);
        await Await(response.Ok() ?? throw Unexpected(response), cancellation);
        await NotFound(id, cancellation);
        return "";
    }

    private static async Task<Backup> Read(Caller server, string id, CancellationToken cancellation)
    {
        var response = await server.Backups.GetBackupAsync(id, cancellation);
        return response.Ok() ?? throw Unexpected(response);
    }

    /// <summary>The constant, null when there is none: absent, or a value that this client doesn't know.</summary>
    private static BackupType? TypeOf(Backup backup) =>
        backup.Type is null ? null : BackupTypeValueConverter.FromStringOrDefault(backup.Type);

    /// <summary>Polls the operation until it is done; its failure, or that time is up, is an exception.</summary>
    private async Task<Operation> Await(Operation operation, CancellationToken cancellation)
    {
        while (!operation.Done)
        {
            await Task.Delay(100, cancellation);
            var response = await today.Operations.GetOperationAsync(operation.Id, cancellation);
            operation = response.Ok() ?? throw Unexpected(response);
        }
        if (operation.Error is { } failure)
        {
            throw new MismatchException($"operation {operation.Id}: code {failure.Code}, {failure.Message}");
        }
        return operation;
    }

    /// <summary>Checks that getting the backup answers a typed 404: the contract's Status.</summary>
    private async Task NotFound(string id, CancellationToken cancellation)
    {
        var response = await today.Backups.GetBackupAsync(id, cancellation);
        Same("HTTP status", HttpStatusCode.NotFound, response.StatusCode);
        var status = response.NotFound() ?? throw new MismatchException("the body is no Status");
        Same("Code", 5, status.Code);
        Same("Message names the id", true, status.Message.Contains(id));
        var request = status.Details?.Find(detail => detail.Type == "type.googleapis.com/google.rpc.RequestInfo");
        Same("RequestId", response.Headers.GetValues("x-request-id").Single(), request?.RequestId);
    }

    private static MismatchException Unexpected(IApiResponse response) =>
        new($"{(int)response.StatusCode} {response.RawContent}");

    private static void Same<T>(string what, T expected, T got)
    {
        if (!EqualityComparer<T>.Default.Equals(got, expected))
        {
            throw new MismatchException($"{what}: {got} is not {expected}");
        }
    }

    private static string Setting(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new MismatchException($"{name} is not set");
}
