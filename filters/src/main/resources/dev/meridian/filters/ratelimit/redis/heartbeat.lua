-- A gateway says that it is alive, and is told how many are.
--
-- KEYS[1]  who is there, by when it was heard of last (milliseconds); half a millisecond more where it does not count here
-- ARGV     its id, how long one that is silent counts (milliseconds), whether it does not count here (1 or 0), and since
--          when the others must have been heard of (microseconds)
--
-- returns  how many there are, which of them it is in the order of their ids (from 0), how many of them count here and have
--          been heard of since then, and the time (microseconds)

local time = redis.call('TIME')
local millis = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], string.format('%.1f', millis + ARGV[3] / 2), ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', millis - ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 10)
local members = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
local count, rank, heard = 0, 0, 0
for i = 1, #members, 2 do
  local score = tonumber(members[i + 1])
  count = count + 1
  if members[i] < ARGV[1] then
    rank = rank + 1
  end
  if score % 1 == 0 and score * 1000 >= tonumber(ARGV[4]) then
    heard = heard + 1
  end
end
return {count, rank, heard, time[1] * 1000000 + time[2]}
