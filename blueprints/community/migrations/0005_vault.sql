-- The vault is the same in every instance now (it is made behind the migrations); what 0003 made of it goes. A
-- community's own are the keys that its page is built of (private.vault_key_type), their reading into
-- community_settings (private.read_vault), and that its name stays.
drop trigger if exists stamp_vault on public.instance_config;
drop trigger if exists log_vault on public.instance_config;
drop function if exists private.stamp_vault();
drop function if exists private.log_vault();

create function private.keep_name() returns trigger
language plpgsql set search_path = '' as $$
begin
  if old.key = 'COMMUNITY_NAME' then
    raise exception 'A community needs its name.' using errcode = '23514';
  end if;
  return old;
end
$$;
create trigger keep_name before delete on public.instance_config
  for each row execute function private.keep_name();

revoke all on function private.keep_name() from public;
