-- Adds entries to a stream and sets keys, all or nothing, for the holder of the lease alone.
-- KEYS: the lease, the stream, the keys to set. ARGV: the fencing number, the stream's limit, the values to set, then
-- for each entry the number of its fields and values, and these.
local state, fence, run = unpack(redis.call('HMGET', KEYS[1], 'state', 'fence', 'run'))
-- After a restart or a failover Redis may have lost what this was reckoned from: the holder has to look first.
local is_of_this_life = run == string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
if state ~= 'held' or fence ~= ARGV[1] or not is_of_this_life then
    return redis.error_reply('FENCED the lease is held by another worker, or was lost')
end
-- What is no stream is not ours, and must not keep us from telling.
local kind = redis.call('TYPE', KEYS[2]).ok
if kind ~= 'stream' and kind ~= 'none' then redis.call('DEL', KEYS[2]) end
local at = #KEYS + 1
while at <= #ARGV do
    local last = at + tonumber(ARGV[at])
    redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], '*', unpack(ARGV, at + 1, last))
    at = last + 1
end
for i = 3, #KEYS do redis.call('SET', KEYS[i], ARGV[i]) end
return 'OK'
