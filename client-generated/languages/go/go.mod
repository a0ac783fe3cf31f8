module managedredis.io/clients/consumer

go 1.19
