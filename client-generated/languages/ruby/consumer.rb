# frozen_string_literal: true

# Calls every kind of operation of the generated client against a real server, and says of each step whether what came
# is what the contract promises: one line "STEP<TAB>RESULT<TAB>NOTE".

require 'digest'
require 'json'
require 'logger'
require 'securerandom'
require 'uri'
require 'managed_redis'

# What a step found wrong; the message says what.
class Mismatch < StandardError; end

# The three parts of the client of one server, and the path of its last request as it went over the wire.
class Caller
  attr_reader :backups, :clusters, :operations, :path

  def initialize(server)
    uri = URI(server)
    configuration = ManagedRedis::Configuration.new do |c|
      c.scheme = uri.scheme
      c.host = "#{uri.host}:#{uri.port}"
      c.base_path = ''
      c.timeout = 30
      # It says where a download lies, and would say it to stdout.
      c.logger = Logger.new($stderr)
    end
    client = ManagedRedis::ApiClient.new(configuration)
    @backups = ManagedRedis::BackupApi.new(client)
    @clusters = ManagedRedis::ClusterApi.new(client)
    @operations = ManagedRedis::OperationApi.new(client)
    Typhoeus.before do |request|
      @path = URI(request.base_url).path if request.base_url.start_with?("#{server}/")
      true
    end
  end
end

# The steps, each of which answers a note or raises.
class Scenario
  STEPS = %i[list get colon missing fractions unknown backup download delete].freeze

  def initialize
    @today = Caller.new(ENV.fetch('SERVER'))
    @newer = Caller.new(ENV.fetch('NEWER_SERVER'))
    @folder = ENV.fetch('FOLDER_ID')
    @cluster = ENV.fetch('CLUSTER_ID')
    @ids = ENV.fetch('EXPECTED_IDS').split
  end

  def list
    ids = []
    pages = 0
    token = nil
    loop do
      page = @today.backups.list_backups(@folder, page_size: 3, page_token: token)
      pages += 1
      ids.concat(page.backups.map(&:id))
      token = page.next_page_token or break
    end
    same('pages', 3, pages)
    same('ids', @ids, ids)
    "#{pages} pages"
  end

  def get
    backup = @today.backups.get_backup(@ids.first)
    same('id', @ids.first, backup.id)
    same('folder_id', @folder, backup.folder_id)
    same('source_cluster_id', @ids.first.split(':').first, backup.source_cluster_id)
    same('there are shards', true, backup.source_shard_names.any?)
    same('started_at is after created_at', false, backup.started_at > backup.created_at)
    same('type', ManagedRedis::BackupType::MANUAL, backup.type)
  end

  def colon
    same('id', @ids.first, @today.backups.get_backup(@ids.first).id)
    sent = @today.path.split('/').last
    return 'sends :' if sent == @ids.first

    same('sent', @ids.first.sub(':', '%3A'), sent)
    'sends %3A'
  end

  def missing
    not_found(ENV.fetch('MISSING_ID'))
  end

  def fractions
    pairs = ENV.fetch('FRACTIONS').split
    same('instants', 4, pairs.size)
    pairs.each do |pair|
      id, text = pair.split('=', 2)
      nanoseconds = text[/\.(\d+)Z/, 1].to_s.ljust(9, '0')
      created_at = @today.backups.get_backup(id).created_at
      same("created_at of #{text}", text[0, 19], created_at.utc.strftime('%Y-%m-%dT%H:%M:%S'))
      same("fraction of #{text}", Rational(nanoseconds.to_i, 1_000_000_000), created_at.subsec)
    end
    'Time, to the nanosecond'
  end

  def unknown
    backup = @newer.backups.get_backup(@ids.first)
    same('id', @ids.first, backup.id)
    same('type', 'IMPORTED', backup.type)
    listed = @newer.backups.list_backups(@folder).backups.first
    same('listed id', @ids.first, listed.id)
    same('listed type', 'IMPORTED', listed.type)
    'survives as the string IMPORTED'
  end

  def backup
    key = SecureRandom.uuid
    started = @today.clusters.backup_cluster(@cluster, idempotency_key: key)
    @taken = await(started).metadata.backup_id
    backup = @today.backups.get_backup(@taken)
    same('id', @taken, backup.id)
    same('source_cluster_id', @cluster, backup.source_cluster_id)
    again = @today.clusters.backup_cluster(@cluster, idempotency_key: key)
    same('operation of the repeat', started.id, again.id)
  end

  def download
    raise Mismatch, 'no backup was taken that could be downloaded' unless @taken

    shard = @today.backups.get_backup_manifest(@taken).shards.first
    rdb = @today.backups.download_backup_shard(@taken, shard.name)
    same('length', shard.raw_bytes, rdb.length.to_s)
    same('SHA-256', shard.sha256, Digest::SHA256.file(rdb.path).hexdigest)
    'a Tempfile'
  end

  def delete
    raise Mismatch, 'no backup was taken that could be deleted' unless @taken

    await(@today.backups.delete_backup(@taken, idempotency_key: SecureRandom.uuid))
    not_found(@taken)
  end

  private

  # Polls the operation until it is done, at most a minute; raises what it failed with.
  def await(operation)
    deadline = now + 60
    until operation.done
      raise Mismatch, "operation #{operation.id} is not done after 60 s" if now > deadline

      sleep 0.1
      operation = @today.operations.get_operation(operation.id)
    end
    failure = operation.error
    raise Mismatch, "operation #{operation.id}: code #{failure.code}, #{failure.message}" if failure

    operation
  end

  def now
    Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end

  # Checks that getting the backup raises a 404 whose body is the contract's Status. The client hands the body out as a
  # string; it knows only the type of the first answer that is declared (#7714).
  def not_found(id)
    @today.backups.get_backup(id)
    raise Mismatch, "#{id} is there"
  rescue ManagedRedis::ApiError => e
    same('HTTP status', 404, e.code)
    status = ManagedRedis::Status.build_from_hash(JSON.parse(e.response_body))
    same('code', 5, status.code)
    same('message names the id', true, status.message.include?(id))
    request = status.details.find { |detail| detail.type == 'type.googleapis.com/google.rpc.RequestInfo' }
    same('request_id', e.response_headers['x-request-id'], request&.request_id)
    'the client leaves reading the body into Status to its caller'
  end

  def same(what, expected, got)
    raise Mismatch, "#{what}: #{got.inspect} is not #{expected.inspect}" unless got == expected
  end
end

scenario = Scenario.new
failed = false
Scenario::STEPS.each do |step|
  result = 'ok'
  begin
    note = scenario.public_send(step)
  rescue StandardError => e
    result = 'failed'
    note = "#{e.class}: #{e.message}"
    failed = true
  end
  puts "#{step}\t#{result}\t#{note.to_s.gsub(/\s+/, ' ')}"
end
exit(failed ? 1 : 0)
