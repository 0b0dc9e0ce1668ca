-- Forgets what one key has taken.
--
-- KEYS[1]  the key
-- returns  how many were there

return {redis.call('DEL', KEYS[1])}
