-- When Auth made the link of an instance's last try to sign in: a later try must not take it for the admin's own.
create table atoll.sign_in_trials (
  instance_id text primary key references atoll.instances on delete cascade,
  link_at     text not null                 -- as Auth writes it
);
