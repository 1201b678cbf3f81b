-- The worker's heartbeat, by Redis's clock, and how it fares; for the holder of the lease alone.
-- KEYS: the lease, the heartbeat, the status. ARGV: the fencing number, the status.
local state, fence, run = unpack(redis.call('HMGET', KEYS[1], 'state', 'fence', 'run'))
-- After a restart or a failover Redis may have lost what this was reckoned from: the holder has to look first.
local is_of_this_life = run == string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
if state ~= 'held' or fence ~= ARGV[1] or not is_of_this_life then
    return redis.error_reply('FENCED the lease is held by another worker, or was lost')
end
local time = redis.call('TIME')
redis.call('SET', KEYS[2], string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)))
redis.call('SET', KEYS[3], ARGV[2])
return 'OK'
