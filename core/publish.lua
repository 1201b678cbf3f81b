-- Adds entries to streams and sets keys, all or nothing, for the holder of the lease alone.
-- KEYS: the lease, the two streams, the keys to set. ARGV: the fencing number, the streams' limits, the values to set, then
-- for each entry which of KEYS it goes to, the number of its fields and values, and these.
local state, fence, run = unpack(redis.call('HMGET', KEYS[1], 'state', 'fence', 'run'))
-- After a restart or a failover Redis may have lost what this was reckoned from: the holder has to look first.
local is_of_this_life = run == string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
if state ~= 'held' or fence ~= ARGV[1] or not is_of_this_life then
    return redis.error_reply('FENCED the lease is held by another worker, or was lost')
end
-- What is no stream is not ours, and must not keep us from telling.
for i = 2, 3 do
    local kind = redis.call('TYPE', KEYS[i]).ok
    if kind ~= 'stream' and kind ~= 'none' then redis.call('DEL', KEYS[i]) end
end
local at = #KEYS + 1
while at <= #ARGV do
    local stream, first, last = tonumber(ARGV[at]), at + 2, at + 1 + tonumber(ARGV[at + 1])
    redis.call('XADD', KEYS[stream], 'MAXLEN', '~', ARGV[stream], '*', unpack(ARGV, first, last))
    at = last + 1
end
for i = 4, #KEYS do redis.call('SET', KEYS[i], ARGV[i]) end
return 'OK'
