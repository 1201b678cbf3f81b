-- Puts a note in the place of the one that it was made from; 0 if that is not there any more.
-- KEYS[1]: the hash. ARGV: the field, what is there ("" for nothing), what is to be there, and "1" if a full Redis has
-- to take it: it refuses a script's first write if that could need memory, and none behind it.
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if ARGV[4] == '1' then redis.call('HDEL', KEYS[1], ARGV[1]) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
