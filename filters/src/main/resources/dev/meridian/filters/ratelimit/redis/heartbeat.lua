-- A gateway says that it is alive, and is told how many are.
--
-- KEYS[1]  who is there, by when it was heard of last
-- ARGV     its id, and how long one that is silent counts (milliseconds)
--
-- returns  how many there are, which of them it is in the order of their ids (from 0), and the time (microseconds)

local time = redis.call('TIME')
local millis = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], string.format('%.0f', millis), ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', millis - ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 10)
local ids = redis.call('ZRANGE', KEYS[1], 0, -1)
table.sort(ids)
local rank = 0
for i, id in ipairs(ids) do
  if id == ARGV[1] then
    rank = i - 1
  end
end
return {#ids, rank, time[1] * 1000000 + time[2]}
