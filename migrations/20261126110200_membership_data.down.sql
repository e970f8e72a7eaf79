alter table membership drop column custom_data;
