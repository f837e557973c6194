-- Beside the indexes of keys and unique constraints: one for each foreign key, for what policies filter by, and
-- for what pages and automations ask for.
create index users_role_idx on public.users (role);
create index members_status_idx on public.members (status, name);
create index places_published_idx on public.places (status, category);
create index places_created_by_idx on public.places (created_by);
create index announcements_published_idx on public.announcements (status, ends_at);
create index announcements_due_idx on public.announcements (publish_at) where status = 'scheduled';
create index announcements_place_id_idx on public.announcements (place_id);
create index announcements_created_by_idx on public.announcements (created_by);
create index federation_peers_status_idx on public.federation_peers (status);
create index notifications_user_id_idx on public.notifications (user_id, read);
create index instance_config_log_key_idx on public.instance_config_log (key, created_at desc);
