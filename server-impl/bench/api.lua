-- The requests of api.sh, for wrk. As little work for each as can be: what is always the same is made once, and an id is
-- five strings out of tables.
-- arguments: WORK COUNT CLUSTERS FOLDER MISSING [PAUSE]; the ids are those of io.managedredis.bench.NumberedBackups
local prefix = "/managed-redis/v1/"
local first = 1777593600 -- 2026-05-01T00:00:00Z
local days, minutes, seconds, clusters, pairs32 = {}, {}, {}, {}, {}
local floor, random = math.floor, math.random
local seed = 0

function setup(thread)
  seed = seed + 1
  thread:set("seed", os.time() + 7919 * seed)
end

local function tables(count, number)
  for i = 0, floor(count / 86400) do days[i] = os.date("!:%Y%m%dT", first + i * 86400) end
  for i = 0, 1439 do minutes[i] = string.format("%02d%02d", floor(i / 60), i % 60) end
  for i = 0, 59 do seconds[i] = string.format("%02d-q7", i) end
  for i = 0, number - 1 do clusters[i] = string.format("c9qbench%012d", i) end
  local base32 = "abcdefghijklmnopqrstuvwxyz234567"
  for i = 0, 1023 do
    local high, low = floor(i / 32) + 1, i % 32 + 1
    pairs32[i] = base32:sub(high, high) .. base32:sub(low, low)
  end
end

function init(args)
  local work, count, number, folder, missing = args[1], tonumber(args[2]), tonumber(args[3]), args[4], args[5]
  local pause = tonumber(args[6] or "0")
  math.randomseed(_G.seed or 0)
  tables(count, number)
  wrk.headers["Host"] = wrk.host .. ":" .. wrk.port
  -- Asked for 404, a mock server answers one whatever the id.
  if work == "notfound" and missing == "prefer" then wrk.headers["Prefer"] = "code=404" end
  local last = " HTTP/1.1\r\n"
  for name, value in pairs(wrk.headers) do last = last .. name .. ": " .. value .. "\r\n" end
  last = last .. "\r\n"
  local get = "GET " .. prefix .. "backups/"

  local function of(start, i)
    return start .. clusters[i % number] .. days[floor(i / 86400)] .. minutes[floor(i / 60) % 1440] .. seconds[i % 60] ..
      pairs32[floor(i / 1048576)] .. pairs32[floor(i / 1024) % 1024] .. pairs32[i % 1024] .. last
  end
  local list = "GET " .. prefix .. "backups?folderId=" .. folder .. "&pageSize="

  if work == "get" then
    function request() return of(get, random(0, count - 1)) end
  elseif work == "notfound" then
    -- Ids as good as any, of clusters that there are none of.
    function request() return of(get .. "missing-", random(0, count - 1)) end
  elseif work == "mixed" then
    local page = list .. "100" .. last
    function request()
      local kind = random()
      if kind < 0.80 then return of(get, random(0, count - 1)) end
      if kind < 0.95 then return page end
      return "GET " .. prefix .. "clusters/" .. clusters[random(0, number - 1)] .. "/backups?pageSize=100" .. last
    end
  else
    -- The same request all the time: wrk writes it without asking.
    wrk.path = prefix .. "backups?folderId=" .. folder .. "&pageSize=" .. work:match("%d+")
  end
  if pause > 0 then
    -- milliseconds between an answer and the next request of that connection, evenly spread
    function delay() return random(0, 2 * pause) end
  end
end

-- answers each second, all answers, median and 99th percentile in microseconds, answers with an error status, broken ones
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %.1f %d %.1f %.1f %d %d\n", summary.requests * 1e6 / summary.duration, summary.requests,
    latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
