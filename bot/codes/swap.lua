-- Sets keys, all or none: only if each still holds what was read there.
-- KEYS: the keys. ARGV: for each what it held, then for each what it is to hold.
for i, key in ipairs(KEYS) do
    if redis.call('GET', key) ~= ARGV[i] then return 0 end
end
for i, key in ipairs(KEYS) do redis.call('SET', key, ARGV[#KEYS + i]) end
return 1
