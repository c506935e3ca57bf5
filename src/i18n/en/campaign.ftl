# campaigns
campaign-nobody = No { $en } matches this filter.
campaign-too-many = More than { $most } match: no more are added at once. Narrow the filter and add the rest after.
