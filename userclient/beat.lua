-- The worker's heartbeat, by Redis's clock, and how it fares; for the holder of the lease alone.
-- KEYS: the lease, the heartbeat, the status. ARGV: the fencing number, the status.
if redis.call('HGET', KEYS[1], 'state') ~= 'held' or redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then
    return redis.error_reply('FENCED the lease is held by another worker, or was lost')
end
local time = redis.call('TIME')
redis.call('SET', KEYS[2], string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)))
redis.call('SET', KEYS[3], ARGV[2])
return 'OK'
