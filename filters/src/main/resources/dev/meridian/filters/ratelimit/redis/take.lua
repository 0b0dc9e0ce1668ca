-- Takes units of one key's quota, atomically and by the clock of this Redis.
--
-- KEYS[1]  the key
-- ARGV     kind: s sliding window, f fixed window, b token bucket, l log; and behind it what part of each limit may be
--          used, as in s3/4, where that is not all
--          least, most   units wanted; least 0 takes nothing
--          back, at      units to give back that were granted at that time (microseconds since the epoch); 0 units of
--                        some time write what is there already
--          then five for each rate: limit, window (microseconds), burst,
--          floor         what has been used at the least, as somebody remembers it
--          extra         what has been used beside, while nobody could tell it
--
-- returns  granted, now, and three figures for each rate:
--          of windows    which one, counted in it, counted in the one before
--          of buckets    now, missing in millionths of a unit, 0
--          of logs       counted, when there is room for what was refused, when the last one is forgotten

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local key, kind = KEYS[1], ARGV[1]:sub(1, 1)
local least, most = tonumber(ARGV[2]), tonumber(ARGV[3])
local back, at = tonumber(ARGV[4]), tonumber(ARGV[5])

local some, of = ARGV[1]:match('(%d+)/(%d+)')
local function part(whole)
  return some and math.floor(whole * some / of) or whole
end

local rates, life, changed = {}, 0, at > 0
for i = 6, #ARGV, 5 do
  local rate = {
    limit = tonumber(ARGV[i]), window = tonumber(ARGV[i + 1]), burst = tonumber(ARGV[i + 2]),
    floor = tonumber(ARGV[i + 3]), extra = tonumber(ARGV[i + 4])
  }
  rates[#rates + 1] = rate
  life = math.max(life, 2 * rate.window)
  if kind == 'b' then
    life = math.max(life, rate.burst * rate.window / rate.limit)
  end
  changed = changed or rate.floor > 0 or rate.extra > 0
end
life = string.format('%.0f', math.ceil(life / 1000))

local function number(value)
  return string.format('%.0f', value)
end

-- The first command on the key: what is no count gives way to one, or the key would never be limited.
local function first(command, ...)
  local answer = redis.pcall(command, key, ...)
  if type(answer) == 'table' and answer.err then
    if string.find(answer.err, 'WRONGTYPE', 1, true) then
      redis.call('DEL', key)
    end
    return redis.call(command, key, ...)
  end
  return answer
end

local reply = {0, now}
local granted = 0
local room = most

if kind == 'l' then
  local longest = 0
  for _, rate in ipairs(rates) do
    longest = math.max(longest, rate.window)
  end
  first('ZREMRANGEBYSCORE', '-inf', number(now - longest))
  for i = 0, back - 1 do
    redis.call('ZREM', key, number(at) .. '-' .. i)
  end
  local missing = 0
  for _, rate in ipairs(rates) do
    rate.from = '(' .. number(now - rate.window)
    rate.used = redis.call('ZCOUNT', key, rate.from, '+inf')
    missing = math.max(missing, math.ceil(math.max(0, rate.floor - rate.used) + rate.extra))
  end
  for _, rate in ipairs(rates) do
    room = math.min(room, part(rate.limit) - rate.used - missing)
  end
  if least > 0 and room >= least then
    granted = room
  end
  local stamp = now
  local last = redis.call('ZREVRANGE', key, 0, 0, 'WITHSCORES')
  if last[2] and tonumber(last[2]) >= stamp then
    stamp = tonumber(last[2]) + 1
  end
  for i = 0, granted + missing - 1 do
    redis.call('ZADD', key, number(stamp), number(stamp) .. '-' .. i)
  end
  if granted + missing > 0 then
    redis.call('PEXPIRE', key, life)
  end
  reply[2] = stamp
  for _, rate in ipairs(rates) do
    local used = rate.used + granted + missing
    local over = used + math.max(1, granted == 0 and least or 1) - rate.limit
    local free, empty = 0, 0
    if over > 0 then
      local leaving = redis.call('ZRANGEBYSCORE', key, rate.from, '+inf', 'WITHSCORES', 'LIMIT', over - 1, 1)
      free = (leaving[2] and tonumber(leaving[2]) or now) + rate.window
    end
    last = redis.call('ZREVRANGE', key, 0, 0, 'WITHSCORES')
    if last[2] then
      empty = tonumber(last[2]) + rate.window
    end
    reply[#reply + 1] = used
    reply[#reply + 1] = free
    reply[#reply + 1] = empty
  end
  reply[1] = granted
  return reply
end

-- Windows and buckets are one text: the kind, then for each rate window,a,b,c as they are returned.
local bucket = kind == 'b'
local stored = first('GET') or ''
local same = (stored:sub(1, 1) == 'b') == bucket
local entries = {}
for window, a, b, c in stored:gmatch('(%d+),(%d+),(%d+),(%d+)') do
  entries[#entries + 1] = {window = tonumber(window), a = tonumber(a), b = tonumber(b), c = tonumber(c)}
end

-- Brings a window up to now; a clock that has fallen behind stands at the window's beginning.
local function roll(entry, limit)
  local index = math.floor(now / entry.window)
  if index > entry.a then
    entry.c = index == entry.a + 1 and math.min(entry.b, limit) or 0
    entry.b = 0
    entry.a = index
  end
end

local function drain(entry, limit)
  entry.b = math.max(0, entry.b - math.max(0, now - entry.a) * limit / entry.window * 1000000)
  entry.a = math.max(now, entry.a)
end

local function used(entry, limit, slides, isBucket)
  if isBucket then
    drain(entry, limit)
    return entry.b / 1000000
  end
  roll(entry, limit)
  if not slides then
    return entry.b
  end
  local left = 1 - math.max(0, now - entry.a * entry.window) / entry.window
  return math.min(entry.c, limit) * left + entry.b
end

-- Of a window that was not there before: as much as the next longer one knows for its length, else all of the longest.
local function known(rate)
  local best
  for _, entry in ipairs(entries) do
    if not best then
      best = entry
    elseif best.window < rate.window then
      if entry.window > best.window then best = entry end
    elseif entry.window >= rate.window and entry.window < best.window then
      best = entry
    end
  end
  if not best then
    return 0
  end
  local copy = {window = best.window, a = best.a, b = best.b, c = best.c}
  return used(copy, rate.limit, true, stored:sub(1, 1) == 'b') * math.min(1, rate.window / best.window)
end

local function add(entry, units)
  entry.b = entry.b + (bucket and units * 1000000 or units)
end

local ceiling = {}
for i, rate in ipairs(rates) do
  local entry
  for _, each in ipairs(entries) do
    if same and each.window == rate.window then
      entry = {window = each.window, a = each.a, b = each.b, c = each.c}
    end
  end
  ceiling[i] = bucket and rate.burst or rate.limit
  if not entry then
    entry = {window = rate.window, a = bucket and now or math.floor(now / rate.window), b = 0, c = 0}
    if #entries > 0 then
      add(entry, math.ceil(math.min(known(rate), ceiling[i])))
    end
  end
  rate.entry = entry
  local count = used(entry, rate.limit, kind == 's', bucket)
  if back > 0 then
    if bucket then
      entry.b = math.max(0, entry.b - back * 1000000)
    elseif math.floor(at / rate.window) == entry.a then
      entry.b = math.max(0, entry.b - back)
    elseif math.floor(at / rate.window) == entry.a - 1 then
      entry.c = math.max(0, entry.c - back)
    end
    count = used(entry, rate.limit, kind == 's', bucket)
  end
  local missing = math.ceil(math.max(0, rate.floor - count) + rate.extra)
  if missing > 0 then
    add(entry, missing)
    count = count + missing
  end
  room = math.min(room, math.floor(part(ceiling[i]) - count + 0.000001))
end

if least > 0 and room >= least then
  granted = room
end
local text = bucket and 'b' or 'w'
for i, rate in ipairs(rates) do
  local entry = rate.entry
  if granted > 0 then
    add(entry, granted)
  end
  entry.b = math.floor(entry.b)
  text = text .. (i == 1 and '' or ';') .. number(entry.window) .. ',' .. number(entry.a) .. ',' .. number(entry.b)
      .. ',' .. number(entry.c)
  reply[#reply + 1] = entry.a
  reply[#reply + 1] = entry.b
  reply[#reply + 1] = entry.c
end
if granted > 0 or changed then
  redis.call('SET', key, text, 'PX', life)
end
reply[1] = granted
return reply
