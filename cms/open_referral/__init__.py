"""The directory in the words of Open Referral UK, the open standard for directories (HSDS 3, UK profile)."""
