drop table ownership_transfer_role;
drop table ownership_transfer;
