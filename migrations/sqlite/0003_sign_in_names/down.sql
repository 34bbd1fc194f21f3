DROP TABLE sign_in_name;
