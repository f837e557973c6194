-- 17 indexes beside those of keys and unique constraints. Tables whose unique constraint starts with
-- organization_id need no further one for it.
create index users_organization_id_idx on public.users (organization_id);
create index contacts_email_idx on public.contacts (organization_id, lower(email));
create index contacts_company_id_idx on public.contacts (organization_id, company_id);
create index contacts_status_idx on public.contacts (organization_id, status);
create index deals_stage_idx on public.deals (organization_id, stage);
create index deals_contact_id_idx on public.deals (organization_id, contact_id);
create index deals_company_id_idx on public.deals (organization_id, company_id);
create index activities_organization_id_idx on public.activities (organization_id, created_at desc);
create index email_campaigns_due_idx on public.email_campaigns (status, scheduled_at);
create index email_sends_organization_id_idx on public.email_sends (organization_id, status);
create index email_sends_email_idx on public.email_sends (organization_id, email);
create index social_posts_organization_id_idx on public.social_posts (organization_id, created_at desc);
create index social_posts_due_idx on public.social_posts (status, scheduled_at);
create index content_queue_organization_id_idx on public.content_queue (organization_id, created_at desc);
create index content_queue_due_idx on public.content_queue (status, scheduled_at);
create index notifications_user_id_idx on public.notifications (user_id, read);
create index audit_log_organization_id_idx on public.audit_log (organization_id, created_at desc);
