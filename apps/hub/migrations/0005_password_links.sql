-- A link that gives somebody who is in the team already a new password.
alter table atoll.invitations add column resets boolean not null default false;
