"""What leaves the warehouse: workbooks, CSV, Parquet and the monthly report, each read with the receiver's rights."""
