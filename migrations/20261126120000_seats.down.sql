alter table organization drop column invitations_take_seats;
