drop table sign_in_policy;
