-- Makes a stream's consumer groups, those that are not there.
-- KEYS[1]: the stream. ARGV: the group that asks, then all groups of its kind, itself included: whoever comes first
-- makes them all. The first ones begin at id 0, or what came before the first consumer is lost; one that is added later
-- begins where the foremost of the others is. A group that is no more of its kind is dropped.
local there, of_kind, kind, foremost = {}, {}, string.match(ARGV[1], '^[^:]+:'), {0, 0, '0-0'}

-- Each half of an id fits a number: milliseconds, and a count within one.
local function is_before(a, b) return a[1] < b[1] or (a[1] == b[1] and a[2] < b[2]) end

for i = 2, #ARGV do of_kind[ARGV[i]] = true end
if redis.call('EXISTS', KEYS[1]) == 1 then
    for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
        local field = {}
        for i = 1, #group, 2 do field[group[i]] = group[i + 1] end
        local name, id = field['name'], field['last-delivered-id']
        if of_kind[name] then
            there[name] = true
            local halves = {tonumber(string.match(id, '^%d+')), tonumber(string.match(id, '%d+$')), id}
            if is_before(foremost, halves) then foremost = halves end
        elseif kind and string.match(name, '^[^:]+:') == kind then
            redis.call('XGROUP', 'DESTROY', KEYS[1], name)
        end
    end
end
local start = next(there) and foremost[3] or '0'
for i = 2, #ARGV do
    if not there[ARGV[i]] then redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[i], start, 'MKSTREAM') end
end
return 'OK'
