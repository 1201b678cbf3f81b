-- The lease of an account: which worker may connect its guard session.
-- KEYS[1]: the lease. ARGV: operation, holder, seconds, whether a restart of this Redis can be trusted, and for
-- "take" what the waiting holder saw and takes for free, for the others the fencing number; for "release" and "found" the
-- seal on that number, without which nobody believes that the lease was given back.
-- The record carries its state and its end inside, never as a TTL: `volatile-*` would evict that first.
local operation, holder, seconds, trusts_restarts, known = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1', ARGV[5]
local seal = ARGV[6] or ''
local record = {}
local flat = redis.call('HGETALL', KEYS[1])
for i = 1, #flat, 2 do record[flat[i]] = flat[i + 1] end

-- What is none of ours counts as nothing.
local fence, length = tonumber(record.fence), tonumber(record.seconds)
local is_sound = record.state and fence and fence >= 0 and fence < 2 ^ 53 and length and length > 0 and length <= 3600
if not is_sound or not tonumber(record.writes) then record, fence = {}, nil end

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2] -- microseconds
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''

-- What another life of Redis remembers may be older than what it had promised: all but where the append-only file is
-- on, and whoever could hold the lease died together with the machine.
local function is_of_this_life()
    if record.run == run and run ~= '' then return true end
    return trusts_restarts and string.match(redis.call('INFO', 'persistence'), 'aof_enabled:(%d)') == '1'
end

local function write(state, number)
    redis.call('HSET', KEYS[1], 'state', state, 'fence', string.format('%.0f', number), 'holder', holder,
        'seconds', seconds, 'until', string.format('%.0f', now / 1000 + seconds * 1000), 'run', run,
        'writes', (tonumber(record.writes) or 0) + 1, 'seal', state == 'released' and seal or '')
end

-- Grows even where the record was lost: by then Redis's clock is past every number it gave before.
local function next_fence()
    return math.max((fence or 0) + 1, now)
end

if operation == 'take' then
    if record.state == 'held' and record.holder == holder and is_of_this_life() then
        write('held', fence) -- an earlier answer was lost, or it let go of Telegram and comes back
        return {'held', record.fence}
    end
    if not record.state then
        -- Not free, but unknown. It is written down, so that nothing emptied meanwhile looks like the same nothing.
        local number = next_fence()
        write('unknown', number)
        record = {state = 'unknown', fence = string.format('%.0f', number), seconds = tostring(seconds), writes = '1'}
        fence = number
    end
    local seen = table.concat({run, record.state, record.fence, record.writes}, ' ')
    if seen ~= known then
        local given_back = record.state == 'released' and is_of_this_life() and record.seal or ''
        return {'wait', seen, record.seconds, record.fence, given_back}
    end
    local number = next_fence()
    write('held', number)
    return {'held', string.format('%.0f', number)}
end

if operation == 'renew' then
    local mine = tonumber(known)
    if record.state == 'held' and record.holder == holder and fence == mine and is_of_this_life() then
        write('held', mine)
        return {'renewed', known}
    end
    local is_anothers = record.holder ~= holder and record.state and record.state ~= 'unknown' and fence >= mine
    if is_anothers or (record.state == 'released' and fence >= mine) then return {'lost', known} end
    -- Redis has lost what it knew of us, or has come back and may have. A new number, for what was written under the old one is lost as well, and what
    -- is on its way under the old one was reckoned from that.
    local number = math.max(next_fence(), mine + 1)
    write('held', number)
    return {'restored', string.format('%.0f', number)}
end

if operation == 'release' then
    if record.state == 'held' and record.holder == holder and record.fence == known then
        write('released', tonumber(known))
    end
    return 'released'
end

if operation == 'found' then -- a new guard session, which nobody has used yet, may be used at once
    if not record.state then write('released', tonumber(known)) end
    return 'found'
end
