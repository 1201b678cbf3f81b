-- Makes a stream's consumer groups, those that are not there.
-- KEYS[1]: the stream. ARGV: the group that asks, the last entry that it has handled ("" for none), then all groups of
-- its kind, itself included: whoever comes first makes them all. The first ones begin at id 0, or what came before the
-- first consumer is lost; one that is added later begins where the foremost of the others is; one that was taken away
-- goes on where it was.
local kind = redis.call('TYPE', KEYS[1]).ok
local is_ours = kind == 'stream' or kind == 'none'
if not is_ours then redis.call('DEL', KEYS[1]) end
local there, foremost = {}, {0, 0, '0-0'}

-- Each half of an id fits a number: milliseconds, and a count within one.
local function is_before(a, b) return a[1] < b[1] or (a[1] == b[1] and a[2] < b[2]) end

local function halves_of(id) return {tonumber(string.match(id, '^%d+')), tonumber(string.match(id, '%d+$')), id} end

local of_kind, handled = {}, nil
for i = 3, #ARGV do of_kind[ARGV[i]] = true end
if redis.call('EXISTS', KEYS[1]) == 1 then
    for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
        local field = {}
        for i = 1, #group, 2 do field[group[i]] = group[i + 1] end
        local name, id = field['name'], field['last-delivered-id']
        if of_kind[name] then
            there[name] = true
            local halves = halves_of(id)
            if is_before(foremost, halves) then foremost = halves end
        end
    end
    -- Not on a stream that was begun anew: its ids may be below what was handled on the former one.
    local stream = redis.call('XINFO', 'STREAM', KEYS[1])
    for i = 1, #stream, 2 do
        if stream[i] == 'last-generated-id' and ARGV[2] ~= '' then
            if not is_before(halves_of(stream[i + 1]), halves_of(ARGV[2])) then handled = ARGV[2] end
        end
    end
end
local start = next(there) and foremost[3] or '0'
for i = 3, #ARGV do
    local from = ARGV[i] == ARGV[1] and handled or start
    if not there[ARGV[i]] then redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[i], from, 'MKSTREAM') end
end
return is_ours and 'OK' or 'REPLACED'
